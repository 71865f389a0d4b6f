import { EmulatorRefusal, invalidValue } from '../platform/emulator-refusal.ts'
import type { GraphJson } from '../platform/graph-json.ts'
import { createMemory, type Memory } from '../platform/memory.ts'
import type { Platform } from '../platform/platform.ts'
import { readObject, readWhole } from '../platform/read-value.ts'

/**
 * All that the emulated WeChat remembers, as plain JSON: apps, people, keys, codes, tokens, faults, what phones stored.
 * The journal is not part of it. It holds the secrets of the emulated apps.
 */
export interface EmulatorSnapshot {
  readonly version: 1
  /** Of the emulator that it was taken from. */
  readonly seed: number
  /** Milliseconds, by the emulator's clock. */
  readonly now: number
  readonly memory: GraphJson
}

/** @throws EmulatorRefusal when somebody's decision is a function, which JSON cannot hold */
export function takeSnapshot({ options, clock, memory }: Platform): EmulatorSnapshot {
  try {
    return { version: 1, seed: options.seed, now: clock.now(), memory: memory.save() }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw invalidValue('decision', {
      zh: '数据而不是函数，才能存进快照',
      en: 'data and not a function, to be kept in a snapshot',
    })
  }
}

/**
 * Puts everything back, the time as well.
 *
 * @throws EmulatorRefusal that names the bad field; nothing has changed then
 */
export function restoreSnapshot(platform: Platform, value: unknown): void {
  const { version, seed, now, memory } = readObject(value, 'snapshot')
  if (version !== 1) throw invalidValue('snapshot.version', { zh: ' 1', en: '1' })
  const own = platform.options.seed
  if (seed !== own)
    throw invalidValue('snapshot.seed', { zh: `本模拟器的 seed：${own}`, en: `the seed of this emulator, ${own}` })
  platform.restore(readMemory(memory), readWhole(now, 'snapshot.now'))
  platform.timers.wake()
}

function readMemory(value: unknown): Memory {
  readObject(value, 'snapshot.memory')
  try {
    return createMemory(value as GraphJson)
  } catch (error) {
    if (error instanceof EmulatorRefusal || !(error instanceof TypeError)) throw error
    throw invalidValue('snapshot.memory', { zh: '快照里原来的内容', en: 'what a snapshot holds' })
  }
}
