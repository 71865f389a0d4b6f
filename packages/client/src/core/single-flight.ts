/**
 * Callers who come while a run is under way share it. The flight ends with the run, whether it succeeded or failed,
 * so one failure never answers later callers.
 */
export function singleFlight<T>(run: () => Promise<T>): () => Promise<T> {
  let flight: Promise<T> | null = null
  return () => {
    if (flight) return flight
    const end = () => {
      flight = null
    }
    const started = run()
    flight = started
    started.then(end, end)
    return started
  }
}
