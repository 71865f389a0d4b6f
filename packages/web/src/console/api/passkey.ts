import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import {
  type adminRoutes as AdminRoutes,
  adminRoutes,
  type PasskeyOptions,
  type PasskeyOptionsAnswer,
} from '@weapp-auth/protocol/contract'
import { type Answer, ask, type Trouble } from './ask.ts'

const given: Trouble = {
  message: { zh: '没有得到通行密钥。', en: 'No passkey was given.' },
  fix: {
    zh: '再试一次并在浏览器的提示里确认；没有通行密钥时换一种方式。',
    en: 'Try again and confirm what the browser asks; without a passkey take another way.',
  },
}

/** Signs in, or proves who one is, with a passkey of this device. */
export async function signPasskey<T>(
  path: (typeof AdminRoutes)['sessionPasskey' | 'proofPasskey'],
): Promise<Answer<T>> {
  const options = await ask<PasskeyOptionsAnswer>(adminRoutes.sessionPasskeyOptions, { body: {} })
  if (!options.ok) return options
  try {
    const credential = await startAuthentication({ optionsJSON: options.body.publicKey as never })
    return await ask<T>(path, { body: { credential } })
  } catch {
    return { ok: false, problem: given }
  }
}

/** A new passkey of this device; the problem when the browser made none. */
export async function makePasskey(options: PasskeyOptions): Promise<Answer<object>> {
  try {
    return { ok: true, body: await startRegistration({ optionsJSON: options as never }) }
  } catch {
    return { ok: false, problem: given }
  }
}
