import { invalidValue } from '../platform/emulator-refusal.ts'
import { createFaultQueue, type FaultHits, readHits } from '../platform/fault-queue.ts'
import type { Platform } from '../platform/platform.ts'
import { readObject, readOneOf, readWhole } from '../platform/read-value.ts'
import type { EndpointName } from './endpoint.ts'
import { endpoints } from './endpoints.ts'

/**
 * What goes wrong with an answer:
 * - `refused`: no connection; `reset`: the connection breaks; `timeout`: no answer ever;
 * - `http-500`, `http-502`, `http-503`: an HTML page with that status; `html`: the same with status 200;
 * - `truncated`: the right answer, cut in the middle; `empty`: status 200 and nothing else; `not-json`: a text;
 * - `wrong-type`: the right answer with texts for numbers and numbers for texts;
 * - `busy`: errcode -1; `{ errcode }`: that errcode;
 * - `{ slowMs }`: the right answer, so many milliseconds later by the emulator's clock.
 */
export type FaultKind = (typeof KINDS)[number] | { readonly errcode: number } | { readonly slowMs: number }

export interface Fault extends FaultHits {
  /** `*`: every one. */
  readonly api: EndpointName | '*'
  readonly fault: FaultKind
  /** Whether WeChat did what was asked before the answer got lost. Default: `before` the effect, nothing was done. */
  readonly when?: 'before' | 'after'
}

/** Makes the next answers of an endpoint fail. */
export interface Faults {
  /** Queued behind earlier ones of the same endpoint. */
  next(fault: Fault): void
  pending(): readonly Fault[]
  clear(): void
}

const KINDS = [
  'refused',
  'reset',
  'timeout',
  'http-500',
  'http-502',
  'http-503',
  'html',
  'truncated',
  'empty',
  'not-json',
  'wrong-type',
  'busy',
] as const

/** {@link Faults} as the server of the API sees them. */
export interface FaultQueue extends Faults {
  /** Takes the next fault of this endpoint. */
  take(api: EndpointName): Fault | undefined
}

export function createFaults(platform: Platform): FaultQueue {
  const { add, pending, clear, take } = createFaultQueue<Fault>(platform, 'faults')
  return {
    next: fault => add(readFault(fault)),
    pending,
    clear,
    take: name => take(({ api }) => api === name || api === '*'),
  }
}

/** @throws EmulatorRefusal that names the bad field */
export function readFault(value: unknown): Fault {
  const given = readObject(value, 'fault')
  return {
    api: readOneOf(given.api, 'api', [...endpoints.map(endpoint => endpoint.name), '*']),
    fault: readKind(given.fault),
    when: readOneOf(given.when ?? 'before', 'when', ['before', 'after']),
    ...readHits(given),
  }
}

function readKind(value: unknown): FaultKind {
  if (typeof value !== 'object' || value === null) return readOneOf(value, 'fault', KINDS)
  const { errcode, slowMs } = value as { readonly errcode?: unknown; readonly slowMs?: unknown }
  if (slowMs !== undefined) return { slowMs: readWhole(slowMs, 'fault.slowMs', 0, 86_400_000) }
  if (!Number.isInteger(errcode) || errcode === 0)
    throw invalidValue('fault.errcode', { zh: '不为 0 的整数', en: 'a whole number other than 0' })
  return { errcode: errcode as number }
}
