import type { Sentence } from '../types.ts'
import { invalidValue } from './emulator-refusal.ts'

type Fields = Readonly<Record<string, unknown>>

export function readObject(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidValue(field || 'body', { zh: '一个对象', en: 'an object' })
  return value as Fields
}

export function readArray(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidValue(field, { zh: '一个数组', en: 'an array' })
  return value
}

export function readText(value: unknown, field: string, shape: RegExp, must: Sentence): string {
  if (typeof value !== 'string' || !shape.test(value)) throw invalidValue(field, must)
  return value
}

export function readNonEmpty(value: unknown, field: string): string {
  return readText(value, field, /\S/, { zh: '非空的字符串', en: 'a text that is not empty' })
}

export function readWhole(value: unknown, field: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most
  if (fits) return value as number
  const range = most === Number.MAX_SAFE_INTEGER ? `>= ${least}` : `${least}..${most}`
  throw invalidValue(field, { zh: `整数（${range}）`, en: `a whole number (${range})` })
}

export function readBoolean(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw invalidValue(field, { zh: 'true 或 false', en: 'true or false' })
  return value
}

export function readOneOf<const T extends string>(value: unknown, field: string, allowed: readonly T[]): T {
  const found = allowed.find(one => one === value)
  const list = allowed.map(one => `"${one}"`)
  if (found === undefined) throw invalidValue(field, { zh: `${list.join('、')} 之一`, en: `one of ${list.join(', ')}` })
  return found
}

/** `undefined` stays so; anything else goes through `read`. */
export function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value)
}
