import { invalidValue } from '../platform/emulator-refusal.ts'
import { readObject, readOneOf, readWhole } from '../platform/read-value.ts'
import type { EndpointName } from './endpoint.ts'
import { endpoints } from './endpoints.ts'

/**
 * What goes wrong with an answer:
 * - `refused`: no connection; `reset`: the connection breaks; `timeout`: no answer ever;
 * - `http-500`, `http-502`, `http-503`: an HTML page with that status; `html`: the same with status 200;
 * - `truncated`: the right answer, cut in the middle; `empty`: status 200 and nothing else; `not-json`: a text;
 * - `busy`: errcode -1; `{ errcode }`: that errcode.
 */
export type FaultKind = (typeof KINDS)[number] | { readonly errcode: number }

export interface Fault {
  readonly api: EndpointName
  readonly fault: FaultKind
  /** Whether WeChat did what was asked before the answer got lost. Default: `before` the effect, nothing was done. */
  readonly when?: 'before' | 'after'
  /** How many calls it hits. Default: 1. */
  readonly times?: number
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
  'busy',
] as const

/** {@link Faults} as the server of the API sees them. */
export interface FaultQueue extends Faults {
  /** Takes the next fault of this endpoint. */
  take(api: EndpointName): Fault | undefined
}

export function createFaults(): FaultQueue {
  let queue: Fault[] = []
  return {
    next: fault => void queue.push(readFault(fault)),
    pending: () => queue,
    clear() {
      queue = []
    },
    take(api) {
      const at = queue.findIndex(fault => fault.api === api)
      const fault = queue[at]
      if (!fault) return undefined
      const times = (fault.times ?? 1) - 1
      queue = queue.flatMap((one, index) => (index !== at ? [one] : times > 0 ? [{ ...one, times }] : []))
      return fault
    },
  }
}

/** @throws EmulatorRefusal that names the bad field */
export function readFault(value: unknown): Fault {
  const { api, fault, when = 'before', times = 1 } = readObject(value, 'fault')
  return {
    api: readOneOf(
      api,
      'api',
      endpoints.map(endpoint => endpoint.name),
    ),
    fault: readKind(fault),
    when: readOneOf(when, 'when', ['before', 'after']),
    times: times === Infinity ? Infinity : readWhole(times, 'times', 1),
  }
}

function readKind(value: unknown): FaultKind {
  if (typeof value !== 'object' || value === null) return readOneOf(value, 'fault', KINDS)
  const { errcode } = value as { readonly errcode?: unknown }
  if (!Number.isInteger(errcode) || errcode === 0)
    throw invalidValue('fault.errcode', { zh: '不为 0 的整数', en: 'a whole number other than 0' })
  return { errcode: errcode as number }
}
