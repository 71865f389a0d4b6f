import {
  type Phone,
  type PhoneRequest,
  type ProblemCode,
  problemCodes,
  routes,
  type Tokens,
  type User,
} from '@weapp-auth/protocol/contract'
import type { PlatformRequest, PlatformResponse } from '../platform.ts'

/** The server of one device, in memory and honest: codes work once, refreshes rotate, numbers are paid for. */
export interface FakeServer {
  answer(request: PlatformRequest): PlatformResponse
  /** What WeChat would say to a login code: which session_key it stands for. */
  issueLoginCode(code: string, key: number): void
  issuePhoneCode(code: string, number: string): void
  /** Ends every session, as an operator would. */
  endSessions(): void
  /** Makes every access token expire. */
  expireAccess(): void
  /** How often WeChat was asked, and paid, for each phone code. */
  readonly paid: ReadonlyMap<string, number>
  /** Sessions ended because a refresh token came twice with different nonces. */
  readonly reuses: () => number
  /** Answers that are given once, instead of the honest one, the next time the path is asked for. */
  refuseNext(path: string, code: ProblemCode, retryAfterMs?: number): void
  /** The user of the device. */
  user(): User
  /** From now on the device belongs to somebody else: its next logins are those of another user. */
  switchUser(): void
  /** Id of the user whom an access token speaks for. */
  ownerOf(accessToken: string): string | undefined
}

interface FakeSession {
  readonly userId: string
  counter: number
  attempt: string
  live: boolean
  accessSerial: number
}

/** The ciphertext of the fake: says which key made it; no two are equal. */
export function sealed(key: number, number: string, serial: number) {
  return { encryptedData: `sealed.${key}.${number}.${serial}`, iv: 'aXZpdml2aXZpdml2aXZpdg==' }
}

export function createFakeServer(): FakeServer {
  const loginCodes = new Map<string, number>()
  const phoneCodes = new Map<string, string>()
  const spent = new Map<string, { readonly nonce: string; readonly response: PlatformResponse }>()
  const logins = new Map<string, { readonly keys: readonly number[] }>()
  const sessions = new Map<string, FakeSession>()
  const paid = new Map<string, number>()
  const planned: { readonly path: string; readonly code: ProblemCode; readonly retryAfterMs: number | undefined }[] = []
  let lastKey: number | null = null
  let reuses = 0
  let serial = 0
  let userId = 'user-1'
  const phones = new Map<string, Phone>()

  const profile = { nickname: null, avatarUrl: null }
  const userOf = (id: string): User => ({
    id,
    phone: phones.get(id) ?? null,
    profile,
    createdAt: '2026-11-21T00:00:00.000Z',
  })

  function ok(body: unknown): PlatformResponse {
    return { status: 200, headers: {}, body }
  }

  function problem(code: ProblemCode, retryAfterMs?: number): PlatformResponse {
    const { status, retry, message } = problemCodes[code]
    return { status, headers: {}, body: { code, retry, message, title: message.en, status, retryAfterMs } }
  }

  function tokens(id: string): Tokens {
    const session = sessions.get(id)
    if (!session) throw new Error('no such session')
    session.accessSerial = ++serial
    return { accessToken: `a.${id}.${serial}`, expiresIn: 600, refreshToken: `r.${id}.${session.counter}` }
  }

  /** The same nonce gets the same answer, another one is refused. */
  function once(thing: string, nonce: string, refusal: ProblemCode, run: () => PlatformResponse): PlatformResponse {
    const earlier = spent.get(thing)
    if (earlier) return earlier.nonce === nonce ? earlier.response : problem(refusal)
    const response = run()
    if (response.status === 200) spent.set(thing, { nonce, response })
    return response
  }

  function login({ code, nonce }: { code: string; nonce: string }): PlatformResponse {
    return once(`login ${code}`, nonce, 'code_consumed', () => {
      const key = loginCodes.get(code)
      if (key === undefined) return problem('code_invalid')
      const loginId = `login-${++serial}`
      logins.set(loginId, { keys: lastKey === null || lastKey === key ? [key] : [key, lastKey] })
      lastKey = key
      const id = `s${++serial}`
      sessions.set(id, { userId, counter: 0, attempt: '', live: true, accessSerial: 0 })
      return ok({ user: userOf(userId), created: sessions.size === 1, tokens: tokens(id), loginId })
    })
  }

  function token({ refreshToken, nonce }: { refreshToken: string; nonce: string }): PlatformResponse {
    const [, id = '', counter = ''] = refreshToken.split('.')
    const session = sessions.get(id)
    if (!session?.live) return problem('refresh_invalid')
    if (Number(counter) === session.counter) {
      session.counter++
      session.attempt = nonce
      return ok({ tokens: tokens(id) })
    }
    if (Number(counter) === session.counter - 1 && nonce === session.attempt) return ok({ tokens: tokens(id) })
    session.live = false
    reuses++
    return problem('refresh_reused')
  }

  function authorized({ headers }: PlatformRequest): FakeSession | null {
    const [, id = '', accessSerial = ''] = (headers.authorization ?? '').split('.')
    const session = sessions.get(id)
    return session?.live === true && session.accessSerial === Number(accessSerial) ? session : null
  }

  function bind(owner: string, { code, encryptedData, loginId, nonce }: PhoneRequest): PlatformResponse {
    if (code !== undefined)
      return once(`phone ${code}`, nonce, 'phone_code_consumed', () => {
        const number = phoneCodes.get(code)
        if (number === undefined) return problem('phone_code_invalid')
        paid.set(code, (paid.get(code) ?? 0) + 1)
        return record(owner, number, 'phone-code')
      })
    const [, key, number] = (encryptedData ?? '').split('.')
    const login = logins.get(loginId ?? '')
    if (!login || number === undefined) return problem('login_unusable')
    return once(`sealed ${encryptedData}`, nonce, 'phone_data_invalid', () =>
      login.keys.includes(Number(key)) ? record(owner, number, 'open-data') : problem('phone_data_invalid'),
    )
  }

  function record(owner: string, number: string, source: Phone['source']): PlatformResponse {
    const before = phones.get(owner)
    const change = before === undefined ? 'bound' : before.number === number ? 'unchanged' : 'replaced'
    const phone: Phone = {
      number,
      masked: `${number.slice(0, 6)}****`,
      countryCode: '86',
      source,
      verifiedAt: '',
      replacedAt: null,
    }
    phones.set(owner, phone)
    return ok({ change, phone })
  }

  function honest(path: string, request: PlatformRequest): PlatformResponse {
    const body = request.body as never
    if (path === routes.login) return login(body)
    if (path === routes.token) return token(body)
    if (path === routes.logout) {
      const [, id = ''] = (body as { refreshToken: string }).refreshToken.split('.')
      const session = sessions.get(id)
      if (session) session.live = false
      return { status: 204, headers: {}, body: '' }
    }
    const session = authorized(request)
    if (!session) return problem('token_invalid')
    if (path === routes.phone) return bind(session.userId, body)
    if (path === routes.me) return ok({ user: userOf(session.userId) })
    return problem('route_unknown')
  }

  return {
    answer(request) {
      const path = request.url.replace(/^https?:\/\/[^/]+/, '')
      const at = planned.findIndex(plan => plan.path === path)
      const [plan] = at < 0 ? [] : planned.splice(at, 1)
      return plan ? problem(plan.code, plan.retryAfterMs) : honest(path, request)
    },
    issueLoginCode: (code, key) => void loginCodes.set(code, key),
    issuePhoneCode: (code, number) => void phoneCodes.set(code, number),
    endSessions() {
      for (const session of sessions.values()) session.live = false
    },
    expireAccess() {
      for (const session of sessions.values()) session.accessSerial = -1
    },
    paid,
    reuses: () => reuses,
    refuseNext: (path, code, retryAfterMs) => void planned.push({ path, code, retryAfterMs }),
    user: () => userOf(userId),
    switchUser() {
      userId = userId === 'user-1' ? 'user-2' : 'user-1'
    },
    ownerOf: accessToken => sessions.get(accessToken.split('.')[1] ?? '')?.userId,
  }
}
