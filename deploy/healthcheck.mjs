/** Ends with 0 when the server in the same container is ready; the image has neither curl nor wget. */
const port = process.env.PORT ?? '8787'
const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2500) }).catch(() => null)
process.exitCode = answer?.status === 200 ? 0 : 1
