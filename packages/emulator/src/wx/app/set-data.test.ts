import { describe, expect, test } from 'vitest'
import { parsePath, writeData } from './set-data.ts'

describe('setData paths', () => {
  test('reach into objects and lists, also with the dot that Taro writes before an index', () => {
    const data = { a: [{ b: 1 }], root: { cn: [{ cn: [{ v: 'old' }] }] } }
    const changed = writeData(data, { 'a[0].b': 2, 'root.cn.[0].cn.[0].v': 'new', plain: true })
    expect(data).toEqual({ a: [{ b: 2 }], root: { cn: [{ cn: [{ v: 'new' }] }] }, plain: true })
    expect([...changed]).toEqual(['a', 'root', 'plain'])
  })

  test('make what is missing on the way, a list where an index follows', () => {
    const data = { text: 'not a list' }
    writeData(data, { 'x.y[1].z': 1, 'text[0]': 'now it is' })
    expect(data).toEqual({ x: { y: [undefined, { z: 1 }] }, text: ['now it is'] })
  })

  test('copy what is written', () => {
    const data: { list?: number[] } = {}
    const list = [1]
    writeData(data, { list })
    list.push(2)
    expect(data.list).toEqual([1])
  })

  test('are refused when they are none', () => {
    for (const path of ['a[x]', 'a[', '', '.']) expect(() => parsePath(path)).toThrow(`"${path}" is not a path`)
  })
})
