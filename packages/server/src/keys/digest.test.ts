import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { digest, digestOfText, hex } from './digest.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest()

it('is SHA-256 over each text with its length in front: rows that were written stay findable', () => {
  expect(Buffer.from(digest('login-code', 'wx1', ''))).toEqual(sha256('10:login-code3:wx10:'))
})

it('two different lists never meet in one hash', () => {
  const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['ab', '', 'c'], ['1:a'], ['a', '']]
  expect(new Set(lists.map(list => hex(digest(...list)))).size).toBe(lists.length)
})

it('as a key of a map it is hexadecimal, also from the middle of a buffer', () => {
  expect(hex(Uint8Array.of(9, 0, 255, 16, 9).subarray(1, 4))).toBe('00ff10')
})

it('of one text it is Base64, as content security policies name it', () => {
  expect(digestOfText('alert(1)')).toBe(sha256('alert(1)').toString('base64'))
})
