import { routes } from '@weapp-auth/protocol/contract'
import type { EventLoop, Server } from '@weapp-auth/server'
import { describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { asUsual, goThrough } from './go-through.ts'
import { openWorld, type World } from './open-world.ts'
import { expectWellFormed } from './site.ts'

/** The event loop as the server sees it: a turn can be held open, and time passes in it. */
function createHeldLoop() {
  let now = 0
  let held: (() => void)[] | null = null
  const loop: EventLoop = {
    now: () => now,
    afterTurn: run => (held ? void held.push(run) : void setImmediate(run)),
  }
  return {
    loop,
    /** So many requests came in this turn, and it takes so long. */
    async hold(server: Server, requests: number, ms: number) {
      held = []
      const health = () => server.fetch(new Request(`https://auth.example.com${routes.health}`), { queued: true })
      await Promise.all(Array.from({ length: requests }, health))
      now += ms
    },
    letGo() {
      const runs = held ?? []
      held = null
      for (const run of runs) run()
      // Longer than a process remembers that it was overloaded.
      now += 10_000
    },
  }
}

/** Nothing else runs in this process for so long. */
function block(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

async function inHeldWorld(run: (world: World, held: ReturnType<typeof createHeldLoop>) => Promise<void>) {
  const held = createHeldLoop()
  const world = await openWorld({ loop: held.loop })
  try {
    await run(world, held)
  } finally {
    held.letGo()
    await world.close()
  }
}

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('F25: the process stands still for 200 ms while the request is on its way', async () => {
    const world = await openWorld()
    try {
      await goThrough(world, flow, {
        promised: asUsual,
        begin: () => void setTimeout(() => block(200), 1),
        end() {},
        restart: () => world.restart(),
      })
      expect(world.events.some(({ type }) => type === 'requests-shed')).toBe(false)
    } finally {
      await world.close()
    }
  })

  test('F25: a queue that stays is refused at once, and all is as before when it has gone', () =>
    inHeldWorld(async (world, held) => {
      await goThrough(world, flow, {
        promised: { answers: ['503 overloaded'] },
        sessionsGoOn: false,
        begin: () => held.hold(world.server, 200, 1300),
        async during(_, answer, attempt) {
          // Not those that came first only: whoever comes next is told the same.
          const next = await attempt.send()
          expectWellFormed(next)
          expect([answer.body.code, next.body.code]).toEqual(['overloaded', 'overloaded'])
        },
        end: () => held.letGo(),
        restart: () => world.restart(),
      })
      const shed = world.events.filter(({ type }) => type === 'requests-shed')
      expect(shed).toMatchObject([{ reason: 'slow', waitedMs: 1300 }])
    }))
})
