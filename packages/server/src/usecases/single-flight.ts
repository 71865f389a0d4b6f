interface Flight<T> {
  readonly attempt: string
  readonly landing: Promise<T>
}

/** Runs `start`, or joins who runs already. */
export type SingleFlight<T> = (input: {
  /** What may be worked on by one at a time. */
  readonly key: string
  /** Who works on it: the same attempt shares one flight and its outcome. */
  readonly attempt: string
  readonly start: () => Promise<T>
  /** What another attempt is told when it waited for a flight that succeeded. */
  readonly late: () => Error
}) => Promise<T>

/**
 * Spares WeChat and the store the racers of this process. The store settles races between processes.
 * After a flight that failed, another attempt goes itself.
 *
 * @example
 * const fly = createSingleFlight<LoginAnswer>()
 * await fly({ key: code, attempt: nonce, start: exchange, late: () => new ProblemError('code_consumed') })
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()
  return async ({ key, attempt, start, late }) => {
    for (let flight = flights.get(key); flight; flight = flights.get(key)) {
      if (flight.attempt === attempt) return flight.landing
      const succeeded = await flight.landing.then(
        () => true,
        () => false,
      )
      if (succeeded) throw late()
    }
    const landing = start().finally(() => flights.delete(key))
    flights.set(key, { attempt, landing })
    return landing
  }
}
