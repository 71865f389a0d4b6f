/** Runs code of the mini program: its errors are shown by the browser as uncaught and never stop the host. */
export function safely(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}
