import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type GraphJson, readGraph, writeGraph } from './graph-json.ts'

const throughJson = (value: unknown) => readGraph(JSON.parse(JSON.stringify(writeGraph(value))) as GraphJson)

test('whatever data comes in comes out, through JSON', () => {
  const data = fc.anything({ withMap: true, withSet: true, maxDepth: 3 }).filter(isData)
  fc.assert(
    fc.property(data, value => {
      expect(throughJson(value)).toEqual(value)
    }),
  )
})

function isData(value: unknown): boolean {
  if (value instanceof Map) return [...value].flat().every(isData)
  if (value instanceof Set) return [...value].every(isData)
  if (typeof value === 'number')
    return value === Number.POSITIVE_INFINITY || (Number.isFinite(value) && !Object.is(value, -0))
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isData)
  return typeof value !== 'bigint' && typeof value !== 'symbol'
}

test('what two places share is shared again, also in a circle', () => {
  const key = { generation: 1 }
  const ring: { current: object; ofLastLogin: object; self?: unknown } = { current: key, ofLastLogin: key }
  ring.self = ring
  const read = throughJson(ring) as typeof ring
  expect(read.current).toBe(read.ofLastLogin)
  expect(read.self).toBe(read)
})

test('bytes, undefined, Infinity and odd keys are kept', () => {
  const odd = JSON.parse('{"__proto__": 1}') as object
  const value = [new Uint8Array([0, 255]), undefined, Number.POSITIVE_INFINITY, odd]
  expect(throughJson(value)).toEqual(value)
})

test('what is not data is refused', () => {
  for (const value of [() => 1, Symbol('x'), 1n, Number.NaN])
    expect(() => writeGraph({ value })).toThrow('cannot be kept as JSON')
  expect(() => readGraph({ root: [7], objects: [] })).toThrow('there is no object 7')
})
