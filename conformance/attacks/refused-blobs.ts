import { createCipheriv, randomBytes } from 'node:crypto'
import { minutes, type Stage } from '../stage.ts'
import { type Blob, phonePayload, sealed } from './attacker.ts'

/** Encrypts bytes whose padding is already there, or wrong. */
function sealedRaw(sessionKey: string, bytes: Buffer): Blob {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv).setAutoPadding(false)
  return { iv: iv.toString('base64'), encryptedData: cipher.update(bytes).toString('base64') }
}

type Make = (stage: Stage, sessionKey: string) => Blob

/** Why a ciphertext is refused, one after the other in the order in which a server would notice. */
export const refusedBlobs: Readonly<Record<string, Make>> = {
  'bad padding': (_, key) => sealedRaw(key, Buffer.alloc(160, 'x')),
  'no UTF-8': (_, key) =>
    sealedRaw(key, Buffer.concat([Buffer.from('{"phoneNumber":"'), Buffer.alloc(143, 0xff), Buffer.alloc(1, 1)])),
  'no JSON': (_, key) => sealed(key, `phoneNumber=13900139000&${'x'.repeat(120)}`),
  'another app': (stage, key) => sealed(key, JSON.stringify(phonePayload(stage, '13900139000', 'wx00000000000000ff'))),
  'an old watermark': (stage, key) => {
    const { watermark, ...phone } = phonePayload(stage)
    const timestamp = watermark.timestamp - minutes(6) / 1000
    return sealed(key, JSON.stringify({ ...phone, watermark: { ...watermark, timestamp } }))
  },
  'open data of another kind': (stage, key) =>
    sealed(key, JSON.stringify({ ...phonePayload(stage), nickName: 'Lin', openId: 'o'.repeat(28) })),
  'numbers that disagree': (stage, key) =>
    sealed(key, JSON.stringify({ ...phonePayload(stage), purePhoneNumber: '13700137000' })),
}
