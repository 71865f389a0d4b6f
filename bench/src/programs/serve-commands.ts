import type { Usage } from '../usage.ts'

type Handlers = Readonly<Record<string, (input: never) => unknown>>

/**
 * The child's end of the control channel: answers questions of `main` one message each, and ends with its parent.
 * Every program answers `usage`, so that its cost is measured by the process itself, native threads included.
 */
export function serveCommands(ready: unknown, handlers: Handlers = {}): void {
  const all: Handlers = { usage, stop: () => setImmediate(() => process.exit(0)), ...handlers }
  process.on('message', async ({ id, name, input }: { id: number; name: string; input: never }) => {
    try {
      process.send?.({ id, reply: await all[name]?.(input) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ id: 0, reply: ready })
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMicros: user + system, peakBytes: process.resourceUsage().maxRSS * 1024 }
}
