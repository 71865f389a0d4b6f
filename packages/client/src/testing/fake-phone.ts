import type { Platform, PlatformFailure, PlatformRequest, PlatformResponse, PlatformTask } from '../platform.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createFakeServer, type FakeServer, sealed } from './fake-server.ts'

/** What happens to a request on its way. `lost-after`: the server did it, the answer got lost. */
export type Delivery = 'ok' | 'lost-before' | 'lost-after' | 'html' | 'never'

/** A `wx.login` whose callback has not come. */
interface PendingLogin {
  succeed(): void
  fail(failure: PlatformFailure): void
}

/** A request on its way. */
interface PendingRequest {
  readonly path: string
  readonly body: unknown
  deliver(how: Delivery): void
}

/** A phone with one mini program, its WeChat, and the network to its server. */
export interface FakePhone {
  readonly platform: Platform
  readonly clock: FakeClock
  readonly server: FakeServer
  readonly storage: Map<string, string>
  /** Everything that was called, in order: `login`, `checkSession`, `read`, `write`, `POST /v1/login` … */
  readonly calls: string[]
  readonly sent: PlatformRequest[]
  /** Waiting for {@link FakePhone.manual}. */
  readonly logins: PendingLogin[]
  readonly wire: PendingRequest[]
  /** From now on callbacks come only when the test lets them. */
  manual: boolean
  storageFull: boolean
  sessionValid: boolean
  /** Fates of the next requests, the first one first; `ok` when empty. */
  readonly fates: Delivery[]
  /** Results of the next logins; succeeds when empty. */
  readonly loginFates: (PlatformFailure | 'never')[]
  show(): void
  /** Another device of the user logs in: the session_key changes without us. */
  rotateKey(): void
  /** The event of the phone button after the user agreed. */
  agreed(with_?: 'code' | 'sealed' | 'both', number?: string): { detail: Record<string, string> }
  count(call: string): number
}

/** How old a session_key must be before `wx.login` replaces it. */
const minKeyAgeMs = 300_000

export function createFakePhone({ hasPhoneCode = true } = {}): FakePhone {
  const clock = createFakeClock()
  const server = createFakeServer()
  const storage = new Map<string, string>()
  const shows = new Set<() => void>()
  let key = 1
  let keyAt = clock.now()
  let serial = 0

  const phone: FakePhone = {
    platform: {
      login: () => {
        phone.calls.push('login')
        if (clock.now() - keyAt >= minKeyAgeMs) rotate()
        const made = key
        return new Promise((resolve, reject) => {
          const pending: PendingLogin = {
            succeed() {
              const code = `login-code-${++serial}`
              server.issueLoginCode(code, made)
              take(phone.logins, pending)
              resolve({ code })
            },
            fail(failure) {
              take(phone.logins, pending)
              reject(failure)
            },
          }
          phone.logins.push(pending)
          if (phone.manual) return
          const fate = phone.loginFates.shift()
          if (fate === undefined) pending.succeed()
          else if (fate !== 'never') pending.fail(fate)
        })
      },
      async checkSession() {
        phone.calls.push('checkSession')
        return phone.sessionValid
      },
      request: travel,
      upload: ({ filePath, name, formData, ...rest }) =>
        travel({ ...rest, method: 'POST', body: { ...formData, [name]: filePath } }),
      hasPhoneCode: () => hasPhoneCode,
      async readStorage(name) {
        phone.calls.push('read')
        return storage.get(name) ?? null
      },
      async writeStorage(name, value) {
        phone.calls.push('write')
        if (phone.storageFull) throw { errMsg: 'setStorage:fail exceed storage max size 10Mb' }
        storage.set(name, value)
      },
      async removeStorage(name) {
        phone.calls.push('remove')
        storage.delete(name)
      },
      async randomHex() {
        return (++serial).toString(16).padStart(32, '0')
      },
      now: clock.now,
      after: clock.after,
      onReturn(run) {
        shows.add(run)
      },
    },
    clock,
    server,
    storage,
    calls: [],
    sent: [],
    logins: [],
    wire: [],
    manual: false,
    storageFull: false,
    sessionValid: true,
    fates: [],
    loginFates: [],
    show: () => {
      for (const run of shows) run()
    },
    rotateKey: rotate,
    agreed(with_ = hasPhoneCode ? 'both' : 'sealed', number = '+8613800138000') {
      const code = `phone-code-${++serial}`
      server.issuePhoneCode(code, number)
      return {
        detail: {
          errMsg: 'getPhoneNumber:ok',
          ...(with_ === 'sealed' ? {} : { code }),
          ...(with_ === 'code' ? {} : sealed(key, number, serial)),
        },
      }
    },
    count: call => phone.calls.filter(one => one === call).length,
  }

  function travel(request: PlatformRequest): PlatformTask<PlatformResponse> {
    const path = request.url.replace(/^https?:\/\/[^/]+/, '')
    phone.calls.push(`${request.method} ${path}`)
    phone.sent.push(request)
    let abort = () => {}
    const done = new Promise<PlatformResponse>((resolve, reject) => {
      const pending: PendingRequest = {
        path,
        body: request.body,
        deliver(how) {
          if (how === 'never') return
          take(phone.wire, pending)
          const lost: PlatformFailure = { errMsg: 'request:fail net::ERR_CONNECTION_RESET', errno: 600001 }
          if (how === 'lost-before') return reject(lost)
          if (how === 'html') return resolve({ status: 502, headers: {}, body: '<html>Bad Gateway</html>' })
          const response = server.answer(request)
          if (how === 'lost-after') reject(lost)
          else resolve(response)
        },
      }
      abort = () => {
        take(phone.wire, pending)
        reject({ errMsg: 'request:fail abort' })
      }
      phone.wire.push(pending)
      if (!phone.manual) pending.deliver(phone.fates.shift() ?? 'ok')
    })
    return { done, abort: () => abort() }
  }

  function rotate() {
    key++
    keyAt = clock.now()
  }

  return phone
}

function take<T>(from: T[], one: T) {
  const at = from.indexOf(one)
  if (at >= 0) from.splice(at, 1)
}
