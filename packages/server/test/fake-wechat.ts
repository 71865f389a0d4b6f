import { randomBytes } from 'node:crypto'
import {
  encryptOpenData,
  sha256Hex,
  WechatFault,
  type WechatFaultCode,
  type WechatPhone,
} from '@weapp-auth/protocol/wechat'
import type { Clock } from '../src/ports/clock.ts'
import type { WechatFollower, WechatPlatform } from '../src/ports/wechat-platform.ts'

interface Person {
  readonly appId: string
  readonly openId: string
  readonly sessionKey?: string
  readonly unionId?: string | null
}

interface IssuedCode extends Required<Person> {
  readonly kind: 'login' | 'phone'
  readonly number: string
  readonly until: number
  used: boolean
}

interface Failure {
  readonly fault: WechatFault
  readonly happens: boolean
}

type Call = 'codeToSession' | 'phoneByCode' | 'checkEncryptedData'

/** Codes live five minutes. */
const codeLife = 5 * 60_000

export function newSessionKey(): string {
  return randomBytes(16).toString('base64')
}

/**
 * A platform written by hand, as strict as WeChat's: codes live five minutes, work once, for one app and one purpose,
 * a phone code for one user. Every call yields to other work before it decides, as a network would.
 */
export function createFakeWechat(clock: Clock) {
  const codes = new Map<string, IssuedCode>()
  const genuine = new Map<string, string>()
  const calls: Record<Call, number> = { codeToSession: 0, phoneByCode: 0, checkEncryptedData: 0 }
  const faults = new Map<Call, (Failure | 'never')[]>()
  const secrets = new Map<string, string>()
  const followers = new Set<WechatFollower>()
  let latest = 0

  function issue(kind: IssuedCode['kind'], person: Person, number = ''): string {
    const code = `${kind}_${randomBytes(12).toString('hex')}`
    const { appId, openId, sessionKey = newSessionKey(), unionId = null } = person
    codes.set(code, { kind, appId, openId, sessionKey, unionId, number, until: clock.now() + codeLife, used: false })
    return code
  }

  async function arrive(call: Call): Promise<WechatFault | null> {
    calls[call] += 1
    await new Promise(setImmediate)
    const next = faults.get(call)?.shift()
    if (next === 'never') await new Promise(() => {})
    if (next === undefined || next === 'never') return null
    if (!next.happens) throw next.fault
    return next.fault
  }

  function phoneOf(number: string): WechatPhone {
    return { number, nationalNumber: number.slice(3), countryCode: '86', at: clock.now() }
  }

  const platform: WechatPlatform = {
    async codeToSession({ appId, code }) {
      const lost = await arrive('codeToSession')
      const issued = codes.get(code)
      if (issued?.kind !== 'login' || issued.appId !== appId || issued.until <= clock.now())
        return { status: 'code-invalid' }
      if (issued.used) return { status: 'code-used' }
      issued.used = true
      if (lost) throw lost
      const { openId, sessionKey, unionId } = issued
      return { status: 'ok', session: { openId, sessionKey, unionId } }
    },
    async phoneByCode({ appId, code, openId }) {
      const lost = await arrive('phoneByCode')
      const issued = codes.get(code)
      if (issued?.kind !== 'phone' || issued.appId !== appId || issued.openId !== openId)
        return { status: 'code-invalid' }
      if (issued.used || issued.until <= clock.now()) return { status: 'code-invalid' }
      issued.used = true
      if (lost) throw lost
      return { status: 'ok', phone: phoneOf(issued.number) }
    },
    async checkEncryptedData({ appId, encryptedData }) {
      const lost = await arrive('checkEncryptedData')
      if (lost) throw lost
      const known = genuine.get(sha256Hex(encryptedData)) === appId
      return known ? { status: 'genuine', createdAt: clock.now() } : { status: 'unknown' }
    },
    accessToken: async appId => `access token of ${appId}`,
    setApp: ({ appId, secret, component }) => void secrets.set(appId, secret ?? component),
    removeApp: appId => secrets.delete(appId),
    follow(follower) {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
  }

  return {
    platform,
    calls,
    /** Whom it tells what happens. */
    followers,
    /** Of the apps that came while it ran. */
    secrets,
    loginCode: (person: Person) => issue('login', person),
    phoneCode: (person: Person, number: string) => issue('phone', person, number),
    /** What the phone button gives old base libraries. `fields` replaces parts of the payload. */
    phoneData(person: Person & { readonly sessionKey: string }, number: string, fields: object = {}) {
      const national = number.slice(3)
      const watermark = { timestamp: Math.floor(clock.now() / 1000), appid: person.appId }
      const payload = { phoneNumber: national, purePhoneNumber: national, countryCode: '86', watermark, ...fields }
      const iv = randomBytes(16).toString('base64')
      const plaintext = JSON.stringify(payload)
      const encryptedData = encryptOpenData({ sessionKey: person.sessionKey, iv, plaintext })
      genuine.set(sha256Hex(encryptedData), person.appId)
      return { encryptedData, iv }
    },
    /** The next call fails; with `happens` it has its effect all the same and only the answer is lost. */
    failNext(call: Call, code: WechatFaultCode, how: { happens?: boolean; mayHaveHappened?: boolean } = {}) {
      const { happens = false, mayHaveHappened = happens } = how
      latest += 1
      const fault = new WechatFault(code, { api: call, rid: `rid-${latest}`, mayHaveHappened })
      faults.set(call, [...(faults.get(call) ?? []), { fault, happens }])
    },
    /** The next call is never answered: to its caller it looks as if the process died while it waited. */
    neverAnswer: (call: Call) => void faults.set(call, [...(faults.get(call) ?? []), 'never']),
  }
}

export type FakeWechat = ReturnType<typeof createFakeWechat>
