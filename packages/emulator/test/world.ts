import { sessionSignature } from '@weapp-auth/protocol/wechat'
import { createEmulator, type EmulatedLaunch, type Emulator, type EmulatorOptions } from '../src/index.ts'

export const TEA = { appId: 'wx0000000000000001', secret: '0123456789abcdef0123456789abcdef', name: '茶馆' }
export const BOOKS = { appId: 'wx0000000000000002', secret: 'fedcba9876543210fedcba9876543210', name: '书店' }
export const LIN = {
  id: 'lin',
  name: '林',
  phones: [{ number: '13800138000' }, { countryCode: '852', number: '61234567' }],
}
export const WANG = { id: 'wang', name: '王', phones: [{ number: '13900139000' }] }
/** 2026-11-20T08:00:00Z */
export const START = 1_795_161_600_000

type Fields = Record<string, unknown>

/** Two apps, two people, a clock that stands still, and short words for WeChat's endpoints. */
export function createWorld(options: Partial<EmulatorOptions> = {}) {
  /** Bodies of what WeChat pushed. */
  const delivered: string[] = []
  const deliver = async (request: Request) => {
    delivered.push(await request.text())
    return new Response('success')
  }
  const emulator = createEmulator({
    apps: [TEA, BOOKS],
    people: [LIN, WANG],
    clock: { now: () => START },
    deliver,
    ...options,
  })
  return { emulator, delivered, ...words(emulator) }
}

function words(emulator: Emulator) {
  const { control } = emulator
  const send = (path: string, init?: RequestInit) =>
    emulator.fetch(new Request(`https://api.weixin.qq.com${path}`, init))
  const ask = async (path: string, init?: RequestInit) => (await (await send(path, init)).json()) as Fields
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })

  const words = {
    control,
    send,
    ask,
    post,
    phone: (personId = LIN.id, app = TEA, launch?: EmulatedLaunch) => emulator.wx(personId, app.appId, launch),
    login: async (personId = LIN.id, app = TEA) => (await emulator.wx(personId, app.appId).wx.login()).code,
    session: (code: string, app: { appId: string; secret: string } = TEA) =>
      ask(`/sns/jscode2session?appid=${app.appId}&secret=${app.secret}&js_code=${code}&grant_type=authorization_code`),
    classicToken: async (app = TEA) =>
      String(
        (await ask(`/cgi-bin/token?grant_type=client_credential&appid=${app.appId}&secret=${app.secret}`)).access_token,
      ),
    stable: (app = TEA, more: Fields = {}) =>
      post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: app.appId, secret: app.secret, ...more }),
    stableToken: async (app = TEA) => String((await words.stable(app)).access_token),
    phoneByCode: async (body: unknown, token?: string) =>
      post(`/wxa/business/getuserphonenumber?access_token=${token ?? (await words.stableToken())}`, body),
    checkSession: async (openid: string, sessionKey: string, token?: string) =>
      ask(
        `/wxa/checksession?access_token=${token ?? (await words.stableToken())}&openid=${openid}` +
          `&signature=${sessionSignature(sessionKey)}&sig_method=hmac_sha256`,
      ),
    checkHash: async (body: unknown, token?: string) =>
      post(`/wxa/business/checkencryptedmsg?access_token=${token ?? (await words.stableToken())}`, body),
    /** The newest journal entry of this kind. */
    noted: (what: string) =>
      control.journal
        .entries()
        .filter(entry => entry.what === what)
        .at(-1),
  }
  return words
}
