/** What a command needs of the process it runs in; only `bin.ts` knows the real one. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** One or more lines for standard output, without the last line break. */
  out(text: string): void
  /** The same for standard error. */
  err(text: string): void
  /** One line of standard input. */
  readInput(): Promise<string>
  /** Runs when the process is told to read its files again (SIGHUP). */
  onHangUp(run: () => void): void
  /** Resolves when the process is asked to stop: by a person (SIGINT), or by what runs it (SIGTERM). */
  untilStopped(): Promise<'SIGINT' | 'SIGTERM'>
  /** Waits so many milliseconds. */
  pause(ms: number): Promise<void>
}
