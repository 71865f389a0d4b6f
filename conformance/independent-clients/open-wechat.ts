import { createHmac } from 'node:crypto'
import {
  createEmulator,
  type EmulatedApp,
  type EmulatedPerson,
  type EmulatorOptions,
  type PhoneEventDetail,
} from '@weapp-auth/emulator'
import { listen } from '../listen.ts'

export const tea: EmulatedApp = {
  appId: 'wx00000000000000c1',
  secret: '0123456789abcdef0123456789abcdef',
  name: 'Tea House',
  openAccount: 'shops',
}
export const books: EmulatedApp = {
  appId: 'wx00000000000000c2',
  secret: 'fedcba9876543210fedcba9876543210',
  name: 'Book Shop',
}
/** Lin has a number in China, Kwan one in Hong Kong; Mo is a risk in WeChat's eyes. */
export const lin: EmulatedPerson = { id: 'lin', name: 'Lin', phones: [{ number: '13800138000' }] }
export const kwan: EmulatedPerson = { id: 'kwan', name: 'Kwan', phones: [{ countryCode: '852', number: '51234567' }] }
const mo: EmulatedPerson = { id: 'mo', name: 'Mo', phones: [], highRisk: true }

const fiveMinutes = 300_000

const noon = Date.UTC(2026, 10, 21, 4)

/** What the event of the phone button carries after consent. */
type PhoneAnswer = Required<Omit<PhoneEventDetail, 'errno'>>

/** WeChat on a port of this machine, and the people in front of it. */
export type Wechat = Awaited<ReturnType<typeof openWechat>>

/** Starts the emulator on a free port. Its clock stands still until a test moves it; the clients keep their own time. */
export async function openWechat(options: Partial<EmulatorOptions> = {}) {
  const clock = { now: () => noon }
  const emulator = createEmulator({ apps: [tea, books], people: [lin, kwan, mo], clock, ...options })
  const { origin, close } = await listen(emulator.fetch)
  const { control } = emulator
  return {
    origin,
    control,
    /** The person opens the mini program: the code of `wx.login`. */
    loginCode: async (person = lin, app = tea) => (await emulator.wx(person.id, app.appId).wx.login()).code,
    /** The person taps the phone button and agrees. */
    tap: async (person = lin, app = tea) => (await emulator.wx(person.id, app.appId).tapPhoneButton()) as PhoneAnswer,
    openId: (person = lin, app = tea) => control.people.openId(person.id, app.appId),
    /** How often an endpoint was asked. */
    calls: (path: string) => control.journal.entries().filter(entry => entry.what.endsWith(` ${path}`)).length,
    async close() {
      emulator.close()
      await close()
    },
  }
}

/** The signature of checkSessionKey, made without any code of ours: HMAC-SHA256 of the empty text, the key as text. */
export function signatureOf(sessionKey: string): string {
  return createHmac('sha256', sessionKey).update('').digest('hex')
}

/** The codes that WeChat refuses at login, each with the errcode and the beginning of the errmsg. */
export const badLogins: readonly (readonly [string, (wechat: Wechat) => Promise<string> | string, number, string])[] = [
  ['a code that was never issued', () => '0123456789abcdefghijABCDEFGHIJ01', 40029, 'invalid code, rid: '],
  ['a code older than five minutes', expiredCode, 40029, 'invalid code, rid: '],
  ['the code of another mini program', wechat => wechat.loginCode(lin, books), 40029, 'invalid code, rid: '],
  ['a phone code', async wechat => (await wechat.tap()).code, 40029, 'invalid code, rid: '],
  ['the code of a high-risk user', wechat => wechat.loginCode(mo), 40226, 'code blocked, rid: '],
]

async function expiredCode(wechat: Wechat): Promise<string> {
  const code = await wechat.loginCode()
  wechat.control.clock.advance(fiveMinutes)
  return code
}
