import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld } from '../../test/world.ts'

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

describe('POST /wxa/business/checkencryptedmsg', () => {
  test('knows the phone data that it made, under the misspelled field', async () => {
    const { phone, checkHash, control } = createWorld()
    const { encryptedData = '' } = await phone().tapPhoneButton()
    expect(await checkHash({ encrypted_msg_hash: sha256(encryptedData) })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      vaild: true,
      create_time: Math.floor(control.clock.now() / 1000),
    })
  })

  test('takes the form text that one SDK sends', async () => {
    const { phone, checkHash } = createWorld()
    const { encryptedData = '' } = await phone().tapPhoneButton()
    expect(await checkHash(`encrypted_msg_hash=${sha256(encryptedData)}`)).toMatchObject({ vaild: true })
  })

  test('forgets after three days, and knows nothing of other apps', async () => {
    const { phone, checkHash, stableToken, control } = createWorld()
    const { encryptedData = '' } = await phone().tapPhoneButton()
    const body = { encrypted_msg_hash: sha256(encryptedData) }
    expect(await checkHash(body, await stableToken(BOOKS))).toMatchObject({ errcode: 1 })
    control.clock.advance(259_200_000)
    expect(await checkHash(body)).toMatchObject({ errcode: 0 })
    control.clock.advance(1)
    expect(await checkHash(body)).toMatchObject({ errcode: 1, errmsg: expect.stringMatching(/^data not exit hint: /) })
  })

  test('hashes the text or its bytes: not documented, so there is a switch', async () => {
    const { phone, checkHash } = createWorld({ unverified: { encryptedMsgHash: 'bytes' } })
    const { encryptedData = '' } = await phone().tapPhoneButton()
    const bytes = Buffer.from(encryptedData, 'base64')
    expect(await checkHash({ encrypted_msg_hash: sha256(bytes) })).toMatchObject({ vaild: true })
    expect(await checkHash({ encrypted_msg_hash: sha256(encryptedData) })).toMatchObject({ errcode: 1 })
  })

  test('refuses bodies that are no hash', async () => {
    const { checkHash } = createWorld()
    expect(await checkHash('')).toMatchObject({ errcode: 44002 })
    expect(await checkHash('hello')).toMatchObject({ errcode: 47001 })
    expect(await checkHash({})).toMatchObject({ errcode: 47001 })
    expect(await checkHash({ encrypted_msg_hash: 'abc' })).toMatchObject({ errcode: 40097 })
  })
})
