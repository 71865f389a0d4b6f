import { type ProblemCode, routes } from '@weapp-auth/protocol/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import vectors from '../../../protocol/vectors/regressions/sdk-lives.json' with { type: 'json' }
import type { Platform, PlatformRequest } from '../platform.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone, type Delivery } from '../testing/fake-phone.ts'
import { appId, baseUrl, storageKey } from '../testing/launch.ts'
import { type Auth, createAuth } from './create-auth.ts'
import { type LoginOutcome, loggedOut, type PhoneOutcome } from './outcomes.ts'
import type { RequestOutcome } from './request.ts'

/*
 * The model of docs/client-states.md: callbacks of wx, answers of the server, taps and the clock come in any order, or
 * never; the app is killed and opened again. What must hold is checked at every step.
 */

type Step =
  | {
      readonly do:
        | 'tap'
        | 'decline'
        | 'no-event'
        | 'request'
        | 'ready'
        | 'login'
        | 'logout'
        | 'show'
        | 'late-tap'
        | 'switch-user'
    }
  | { readonly do: 'agree'; readonly with: 'code' | 'sealed' | 'both'; readonly again: boolean }
  | { readonly do: 'login-succeeds' | 'login-fails' | 'retry' | 'kill' | 'fill-storage' | 'empty-storage' }
  | { readonly do: 'rotate-key' | 'end-sessions' | 'expire-access' }
  | { readonly do: 'deliver'; readonly at: number; readonly how: Delivery }
  | { readonly do: 'refuse'; readonly path: string; readonly code: ProblemCode }
  | { readonly do: 'advance' | 'shift'; readonly ms: number }

const simple = fc.constantFrom<Step['do'] & string>(
  'tap',
  'decline',
  'no-event',
  'request',
  'ready',
  'login',
  'logout',
  'show',
  'late-tap',
  'switch-user',
  'login-succeeds',
  'login-succeeds',
  'login-fails',
  'retry',
  'kill',
  'fill-storage',
  'empty-storage',
  'rotate-key',
  'end-sessions',
  'expire-access',
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: simple.map(name => ({ do: name }) as Step), weight: 6 },
  {
    arbitrary: fc.record({
      do: fc.constant('agree' as const),
      with: fc.constantFrom('code', 'sealed', 'both'),
      again: fc.boolean(),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      at: fc.nat({ max: 3 }),
      how: fc.constantFrom<Delivery>('ok', 'ok', 'ok', 'lost-before', 'lost-after', 'html'),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('refuse' as const),
      path: fc.constantFrom(routes.login, routes.token, routes.phone, routes.me),
      code: fc.constantFrom<ProblemCode>(
        'token_invalid',
        'refresh_invalid',
        'code_consumed',
        'login_unusable',
        'phone_data_invalid',
        'phone_code_invalid',
        'attempt_pending',
        'storage_busy',
        'app_misconfigured',
      ),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('advance' as const, 'advance' as const, 'shift' as const),
      ms: fc.constantFrom(1, 500, 1500, 10_000, 16_000, 61_000, 301_000, -3_600_000),
    }),
    weight: 4,
  },
)

/** How many copies of the SDK the app has; `both` see one object, `apart` meet on the device only. */
type Copies = 'one' | 'both' | 'apart'

async function createWorld(hasPhoneCode: boolean, loggedIn: boolean, copies: Copies) {
  const phone = createFakePhone({ hasPhoneCode })
  phone.manual = !loggedIn
  const nonces = new Map<string, string>()
  const open = new Set<string>()
  /** What the client did wrong; noted, because it would swallow an error thrown at it. */
  const broken: string[] = []
  let promises = 0
  let killer = () => {}
  let auths: readonly Auth[] = []
  let eventAt = 0
  let eventOf: Auth | null = null
  /** Who was logged in, as far as the app knew, when the user agreed; by code and ciphertext. */
  const agreedBy = new Map<string, string>()
  let inFlight = 0
  let wasKilled = false
  let sheet = false
  let retry: (() => Promise<PhoneOutcome>) | null = null
  let event: { detail: Record<string, string> } | null = null

  function watch(name: string, promise: Promise<PhoneOutcome | RequestOutcome | LoginOutcome>) {
    const id = `${name} ${++promises}`
    open.add(id)
    promise.then(outcome => {
      open.delete(id)
      if ('retry' in outcome) retry = outcome.retry
    })
  }

  /** What one process of the app sees: when it is killed, nothing of it runs any more. */
  function createProcess(): Platform {
    let alive = true
    const shared = copies === 'both' ? {} : undefined
    killer = () => {
      alive = false
      inFlight = 0
    }
    const guard = <T>(run: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        if (alive)
          run().then(
            value => alive && resolve(value),
            error => alive && reject(error),
          )
      })
    const platform: Platform = {
      ...phone.platform,
      shared,
      login: () =>
        guard(async () => {
          // Copies that see nothing of each other cannot wait for each other; no copy breaks the rest.
          if (inFlight > 0 && copies !== 'apart') broken.push('wx.login while another one is in flight')
          if (sheet && copies !== 'apart') broken.push('wx.login while the sheet is open')
          if (copies !== 'apart' && phone.wire.some(({ path }) => path === routes.phone))
            broken.push('wx.login before the verdict')
          inFlight++
          let counted = true
          const done = () => {
            if (counted && alive) inFlight--
            counted = false
          }
          phone.platform.after(15_000, done)
          return phone.platform.login().finally(done)
        }),
      request(request) {
        checkNonce(request.body)
        checkOwner(request)
        checkOrder(request)
        const { done, abort } = phone.platform.request(request)
        return { done: guard(() => done), abort }
      },
      readStorage: key => guard(() => phone.platform.readStorage(key)),
      writeStorage: (key, value) => guard(() => phone.platform.writeStorage(key, value)),
      removeStorage: key => guard(() => phone.platform.removeStorage(key)),
      randomHex: () => guard(() => phone.platform.randomHex()),
      checkSession: () => guard(() => phone.platform.checkSession()),
      after: (ms, run) => phone.platform.after(ms, () => alive && run()),
      onReturn: run => phone.platform.onReturn(() => alive && run()),
    }
    return platform
  }

  /** What one user agreed to never goes out with the session of another. */
  function checkOwner({ body, headers }: PlatformRequest) {
    const { code, encryptedData } = (body ?? {}) as Record<string, string | undefined>
    const owner = agreedBy.get(code ?? encryptedData ?? '')
    const bearer = phone.server.ownerOf(headers.authorization ?? '')
    if (owner !== undefined && bearer !== undefined && owner !== bearer) broken.push(`${owner}'s number for ${bearer}`)
  }

  /** Login before phone: what proves a number goes out with a session, and with the login that it belongs to. */
  function checkOrder({ url, body, headers }: PlatformRequest) {
    if (url !== baseUrl + routes.phone) return
    if (!/^Bearer ./.test(headers.authorization ?? '')) broken.push('a phone before the login')
    const { encryptedData, loginId } = (body ?? {}) as Record<string, string | undefined>
    if (encryptedData !== undefined && loginId === undefined) broken.push('a ciphertext without its login')
  }

  /** A thing that works once is never sent with two nonces. */
  function checkNonce(body: unknown) {
    const { code, refreshToken, encryptedData, nonce } = (body ?? {}) as Record<string, string | undefined>
    for (const thing of [code, refreshToken, encryptedData]) {
      if (thing === undefined || nonce === undefined) continue
      if ((nonces.get(thing) ?? nonce) !== nonce) broken.push(`${thing} with two nonces`)
      nonces.set(thing, nonce)
    }
  }

  function launch() {
    const platform = createProcess()
    auths = Array.from({ length: copies === 'one' ? 1 : 2 }, () => createAuth({ baseUrl, appId, platform }))
  }

  function kill() {
    killer()
    wasKilled = true
    open.clear()
    phone.wire.splice(0)
    phone.logins.splice(0)
    sheet = false
    retry = null
    event = null
    launch()
  }

  /** @param at which copy of the SDK is called */
  async function take(step: Step, at: number): Promise<void> {
    const auth = auths[at % auths.length]
    if (!auth) throw new Error('nothing was launched')
    switch (step.do) {
      case 'tap': {
        const { session, phone: before } = auth.state()
        // A page that can be tapped has no sheet before it.
        sheet = false
        auth.phoneTapped()
        const sinceEvent = phone.clock.now() - eventAt
        const late = sinceEvent >= 0 && sinceEvent < 300
        sheet = session !== 'starting' && before !== 'submitting' && !late
        // A lease ends after a minute; what the sheet does then is its own affair.
        phone.platform.after(60_000, () => {
          sheet = false
        })
        break
      }
      case 'agree': {
        const again = step.again && (eventOf === auth || copies === 'both') && event
        eventOf = auth
        event = again ? again : phone.agreed(step.with)
        sheet = false
        eventAt = phone.clock.now()
        const owner = auth.user()?.id
        for (const thing of [event.detail.code, event.detail.encryptedData])
          if (owner !== undefined && thing !== undefined && !agreedBy.has(thing)) agreedBy.set(thing, owner)
        watch('bindPhone', auth.bindPhone(event))
        break
      }
      case 'late-tap':
        // uni-app: the handler of the tap runs after the event that the tap has caused.
        watch('bindPhone', auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } }))
        sheet = false
        eventAt = phone.clock.now()
        await settle()
        auth.phoneTapped()
        if (auth.state().phone === 'asking') broken.push('a lease for a tap whose event was there already')
        break
      case 'decline':
        sheet = false
        eventAt = phone.clock.now()
        watch('bindPhone', auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail:user deny' } }))
        break
      case 'no-event':
        sheet = false
        eventAt = phone.clock.now()
        watch('bindPhone', auth.bindPhone(undefined))
        break
      case 'request':
        watch('request', auth.request({ url: routes.me }))
        break
      case 'ready':
        watch('ready', auth.ready())
        break
      case 'login':
        watch('login', auth.login())
        break
      case 'logout':
        watch(
          'logout',
          auth.logout().then(() => loggedOut),
        )
        break
      case 'retry':
        if (retry && !sheet) watch('retry', retry())
        if (!sheet) retry = null
        break
      case 'login-succeeds':
        phone.logins[0]?.succeed()
        break
      case 'login-fails':
        phone.logins[0]?.fail({ errMsg: 'login:fail network error', errno: 108 })
        break
      case 'deliver':
        phone.wire[step.at]?.deliver(step.how)
        break
      case 'refuse':
        phone.server.refuseNext(step.path, step.code)
        break
      case 'advance':
        await phone.clock.advance(Math.abs(step.ms))
        break
      case 'shift':
        phone.clock.shift(step.ms)
        // The lease goes by the clock that was moved.
        sheet = false
        break
      case 'show':
        phone.show()
        break
      case 'kill':
        kill()
        break
      case 'fill-storage':
        phone.storageFull = true
        break
      case 'empty-storage':
        phone.storageFull = false
        break
      case 'switch-user':
        // In WeChat this ends the process, so copies that meet on the device only never live through it.
        if (copies !== 'apart') phone.server.switchUser()
        break
      case 'rotate-key':
        phone.rotateKey()
        break
      case 'end-sessions':
        phone.server.endSessions()
        break
      case 'expire-access':
        phone.server.expireAccess()
        break
    }
    await settle()
    check()
  }

  function check() {
    expect(broken).toEqual([])
    for (const [key, text] of phone.storage) {
      expect(key).toBe(storageKey)
      expect(Object.keys(JSON.parse(text))).toEqual(['refreshToken', 'nonce'])
    }
    if (copies !== 'apart') expect(phone.server.reuses(), 'refresh tokens used twice').toBe(0)
    expect(Math.max(0, ...phone.server.paid.values()), 'payments for one code').toBeLessThanOrEqual(1)
  }

  /** Everything comes to an end, whether the world answers or is silent for good. */
  async function drain(answers: boolean): Promise<void> {
    for (let turn = 0; turn < 12; turn++) {
      if (answers) {
        for (const login of [...phone.logins]) login.succeed()
        for (const request of [...phone.wire]) request.deliver('ok')
      }
      await phone.clock.advance(30_000)
    }
    check()
    expect([...open], 'promises that never settle').toEqual([])
    // What was killed leaves timers that do nothing; what lives leaves none.
    if (!wasKilled) expect(phone.clock.waiting(), 'timers that nobody cleared').toBe(0)
    for (const auth of auths) {
      expect(['in', 'known', 'failed', 'out']).toContain(auth.state().session)
      expect(auth.state().phone).not.toBe('submitting')
    }
  }

  launch()
  await settle()
  phone.manual = true
  return { take, drain }
}

/** For each number of copies: 5,000 in all, or at length 200,000. */
const runs = process.env.WEAPP_AUTH_LONG ? 67_000 : 1_667

/** Lives that once broke a rule. */
const lives: readonly [boolean, boolean, boolean, [Step, number][]][] = vectors.lives.map(
  ({ hasPhoneCode, loggedIn, answers, steps }) => [
    hasPhoneCode,
    loggedIn,
    answers,
    // The file is for other languages too, so its steps are known by their names only.
    steps.map(({ copy, ...step }): [Step, number] => [step as Step, copy]),
  ],
)

test.each([
  ['one copy of the SDK', 'one'],
  ['two copies that see one object', 'both'],
  ['two copies that meet on the device only', 'apart'],
] as const)(
  'with %s, in any order of callbacks, answers, taps, kills and clocks the invariants hold and everybody gets an outcome',
  async (_, copies) => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.tuple(step, fc.nat({ max: 1 })), { minLength: 5, maxLength: 60 }),
        async (hasPhoneCode, loggedIn, answers, steps) => {
          const world = await createWorld(hasPhoneCode, loggedIn, copies)
          for (const [one, at] of steps) await world.take(one, at)
          await world.drain(answers)
        },
      ),
      { numRuns: runs, examples: [...lives] },
    )
  },
  3_600_000,
)
