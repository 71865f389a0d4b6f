import { apiSignatureText, sealApiBody } from '@weapp-auth/protocol/wechat'
import type { Platform } from '../platform/platform.ts'
import { cipherOf, signatureOf } from './algorithms.ts'
import type { OpenedCall } from './open-request.ts'
import type { PlatformKeys } from './platform-keys.ts'

/** An answer as it goes out. */
export interface SealedAnswer {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Encrypts and signs an answer; while certificates rotate, the one that goes signs as well. */
export async function sealAnswer(
  platform: Platform,
  keys: PlatformKeys,
  path: string,
  { appId, settings }: Pick<OpenedCall, 'appId' | 'settings'>,
  fields: Readonly<Record<string, unknown>>,
): Promise<SealedAnswer> {
  const { symmetric, asymmetric, signedText } = settings
  const { current, former } = await keys.of(appId, asymmetric.algorithm)
  const timestamp = Math.floor(platform.clock.now() / 1000)
  const scene = { url: `https://api.weixin.qq.com${path}`, appId, timestamp }
  const cipher = await cipherOf(symmetric.algorithm)
  const body = sealApiBody(
    scene,
    { serial: symmetric.serial, key: symmetric.key, cipher },
    { fields, ...freshOf(platform) },
  )
  const { signer } = await signatureOf(asymmetric.algorithm)
  const sign = ({ privateKey, serial }: typeof current) =>
    signer(privateKey, serial)(apiSignatureText(scene, body, signedText === 'with-serial' ? serial : undefined))
  return {
    body,
    headers: {
      'Wechatmp-AppId': appId,
      'Wechatmp-TimeStamp': String(timestamp),
      'Wechatmp-Serial': current.serial,
      'Wechatmp-Signature': sign(current),
      ...(former && { 'Wechatmp-Serial-Deprecated': former.serial, 'Wechatmp-Signature-Deprecated': sign(former) }),
    },
  }
}

/** A nonce and an iv that were not used before. */
function freshOf({ memory, derive, clock }: Platform): { readonly nonce: string; readonly iv: Uint8Array } {
  const own = memory.part('secure-answers', () => ({ count: 0 }))
  own.count += 1
  const label = `secure answer ${own.count} ${clock.now()}`
  return { nonce: derive.text(`nonce ${label}`, 22), iv: derive.bytes(`iv ${label}`, 12) }
}
