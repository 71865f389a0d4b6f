/** The loop that runs this process, as far as waiting in it is measured. */
export interface EventLoop {
  /** Milliseconds of a clock that never jumps; only differences mean something. */
  now(): number
  /** Runs `run` when everything that this turn has received is dealt with. */
  afterTurn(run: () => void): void
}
