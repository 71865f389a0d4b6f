import { invalidValue } from './emulator-refusal.ts'
import type { Platform } from './platform.ts'
import { readWhole } from './read-value.ts'

/** How often a planned fault hits. */
export interface FaultHits {
  /** How many calls it hits; `forever`: until it is cleared. Default: 1. */
  readonly times?: number | 'forever'
  /** How likely it hits a call, from 0 to 1; the seed decides which. Default: 1. */
  readonly probability?: number
}

interface Queue<T> {
  add(fault: T): void
  pending(): readonly T[]
  clear(): void
  /** Takes the first fault that fits and hits. */
  take(fits: (fault: T) => boolean): T | undefined
}

/** Faults of one kind, in the memory of the platform: a reset forgets them, a snapshot keeps them. */
export function createFaultQueue<T extends FaultHits>(platform: Platform, name: string): Queue<T> {
  const own = () => platform.memory.part(name, () => ({ queue: [] as readonly T[], draws: 0 }))

  function hits({ probability = 1 }: FaultHits): boolean {
    if (probability >= 1) return true
    const memory = own()
    memory.draws += 1
    const [a = 0, b = 0, c = 0] = platform.derive.bytes(`${name} draw ${memory.draws}`, 3)
    return (a * 65_536 + b * 256 + c) / 16_777_216 < probability
  }

  return {
    add(fault) {
      own().queue = [...own().queue, fault]
    },
    pending: () => own().queue,
    clear() {
      own().queue = []
    },
    take(fits) {
      const memory = own()
      const hit = memory.queue.find(fault => fits(fault) && hits(fault))
      if (hit) memory.queue = memory.queue.flatMap(fault => (fault === hit ? rest(fault) : [fault]))
      return hit
    },
  }
}

/** What is left of a fault that has hit. */
function rest<T extends FaultHits>(fault: T): readonly T[] {
  const { times = 1 } = fault
  if (times === 'forever') return [fault]
  return times > 1 ? [{ ...fault, times: times - 1 }] : []
}

/** @throws EmulatorRefusal that names the bad field */
export function readHits({ times = 1, probability = 1 }: Readonly<Record<string, unknown>>): Required<FaultHits> {
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))
    throw invalidValue('probability', { zh: ' 0 到 1 的数', en: 'a number from 0 to 1' })
  const forever = times === 'forever' || times === Number.POSITIVE_INFINITY
  return { times: forever ? 'forever' : readWhole(times, 'times', 1), probability }
}
