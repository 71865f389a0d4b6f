import type { Flow } from './flows.ts'
import { type FaultCase, goThrough } from './go-through.ts'
import { openWorld, type World } from './open-world.ts'
import { warm } from './people.ts'

interface WorldFault extends Omit<Partial<FaultCase<World>>, 'promised'>, Pick<FaultCase<World>, 'promised'> {
  /** The server has no access_token of WeChat yet. Default: it has. */
  readonly isCold?: boolean
}

/**
 * One cell in a world of its own, in which the server has asked WeChat before; ends with a restart on the same file.
 * `begin` is where it breaks; what is broken on the wire is mended before `end`.
 */
export async function inWorld(flow: Flow, fault: WorldFault) {
  const world = await openWorld()
  try {
    if (!fault.isCold) await warm(world)
    await goThrough(world, flow, {
      ...fault,
      begin: site => fault.begin?.(site),
      async end(site) {
        site.emulator.control.faults.clear()
        await site.wire.breakWith(null)
        await fault.end?.(site)
      },
      restart: site => site.restart(),
    })
  } finally {
    await world.close()
  }
}
