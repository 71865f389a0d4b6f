import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProblemError } from '../domain/problem-error.ts'
import { readCiphertext, readCode, readOldFields } from './old-fields.ts'

const url = 'https://auth.example.com/user'
const json = (body: unknown) =>
  new Request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const form = (body: string) =>
  new Request(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })

describe('the fields of an old page', () => {
  it.each([
    ['JSON', json({ code: '0a1b' })],
    ['a form', form('code=0a1b')],
    ['a query', new Request(`${url}?code=0a1b`)],
  ])('are read from %s', async (_, request) => {
    expect(readCode(await readOldFields(request), 'code')).toBe('0a1b')
  })

  it.each(['encrypted_data', 'encryptedData', 'EncryptedData', 'encrypteddata'])(
    'are found when spelled %s',
    async name => {
      expect((await readOldFields(json({ [name]: 'x' }))).text('encryptedData')).toBe('x')
    },
  )

  it('may come with others that nobody asked for', async () => {
    const fields = await readOldFields(json({ code: '0a1b', openid: 'o-victim', userInfo: { a: [1] }, n: 1 }))
    expect(readCode(fields, 'code')).toBe('0a1b')
  })

  it.each([
    ['null', null],
    ['a number', 1],
    ['a list', ['0a1b']],
    ['empty', ''],
    ['too long', 'a'.repeat(129)],
    ['more than a code', 'x&appid=wxEVIL#'],
  ])('refuse a code that is %s', async (_, code) => {
    const fields = await readOldFields(json({ code }))
    expect(() => readCode(fields, 'code')).toThrow(expect.objectContaining({ code: 'request_invalid', field: 'code' }))
  })

  it.each([
    ['form', form('code=a&code=b')],
    ['query', new Request(`${url}?code=a&Code=b`)],
    ['JSON', json({ openid: 'a', openId: 'b' })],
  ])('refuse two values under one name in a %s', async (_, request) => {
    await expect(readOldFields(request)).rejects.toThrow(expect.objectContaining({ code: 'request_invalid' }))
  })

  it('get their plus signs back where a form has made them spaces', async () => {
    const encryptedData = Buffer.from([0xfb, 0xef, 0xbe, 0xfb, 0xef, 0xbe]).toString('base64')
    expect(encryptedData).toContain('+')
    const fields = await readOldFields(form(`encryptedData=${encryptedData}&iv=${encryptedData}`))
    expect(readCiphertext(fields)).toEqual({ encryptedData, iv: encryptedData })
  })

  it('keep spaces that were no plus signs', async () => {
    const fields = await readOldFields(json({ encryptedData: 'not base 64', iv: 'AA==' }))
    expect(readCiphertext(fields).encryptedData).toBe('not base 64')
  })

  it('of any bytes at all end in fields or in a refusal', async () => {
    const type = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
    )
    const text = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.webQueryParameters())
    await fc.assert(
      fc.asyncProperty(type, text, async (type, body) => {
        const request = new Request(url, { method: 'POST', headers: { 'content-type': type }, body })
        const read = await readOldFields(request)
          .then(readCiphertext)
          .catch((error: unknown) => error)
        expect(read instanceof ProblemError || typeof (read as { iv: unknown }).iv === 'string').toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
