import { type ProblemCode, routes } from '@weapp-auth/protocol/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Platform } from '../platform.ts'
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
  | { readonly do: 'tap' | 'decline' | 'no-event' | 'request' | 'ready' | 'login' | 'logout' | 'show' }
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

async function createWorld(hasPhoneCode: boolean, loggedIn: boolean) {
  const phone = createFakePhone({ hasPhoneCode })
  phone.manual = !loggedIn
  const nonces = new Map<string, string>()
  const open = new Set<string>()
  /** What the client did wrong; noted, because it would swallow an error thrown at it. */
  const broken: string[] = []
  let promises = 0
  let killer = () => {}
  let auth: Auth
  let inFlight = 0
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
    return {
      ...phone.platform,
      login: () =>
        guard(async () => {
          if (inFlight > 0) broken.push('wx.login while another one is in flight')
          if (sheet) broken.push('wx.login while the sheet is open')
          if (phone.wire.some(({ path }) => path === routes.phone)) broken.push('wx.login before the verdict')
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
        const { done, abort } = phone.platform.request(request)
        return { done: guard(() => done), abort }
      },
      readStorage: key => guard(() => phone.platform.readStorage(key)),
      writeStorage: (key, value) => guard(() => phone.platform.writeStorage(key, value)),
      removeStorage: key => guard(() => phone.platform.removeStorage(key)),
      randomHex: () => guard(() => phone.platform.randomHex()),
      checkSession: () => guard(() => phone.platform.checkSession()),
      after: (ms, run) => phone.platform.after(ms, () => alive && run()),
      onShow: run => phone.platform.onShow(() => alive && run()),
    }
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
    auth = createAuth({ baseUrl, appId, platform: createProcess() })
  }

  function kill() {
    killer()
    open.clear()
    phone.wire.splice(0)
    phone.logins.splice(0)
    sheet = false
    retry = null
    event = null
    launch()
  }

  async function take(step: Step): Promise<void> {
    switch (step.do) {
      case 'tap': {
        const { session, phone: before } = auth.state()
        // A page that can be tapped has no sheet before it.
        sheet = false
        auth.phoneTapped()
        sheet = session !== 'starting' && before !== 'submitting'
        // A lease ends after a minute; what the sheet does then is its own affair.
        phone.platform.after(60_000, () => {
          sheet = false
        })
        break
      }
      case 'agree': {
        const again = step.again && event
        event = again ? again : phone.agreed(step.with)
        sheet = false
        watch('bindPhone', auth.bindPhone(event))
        break
      }
      case 'decline':
        sheet = false
        watch('bindPhone', auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail:user deny' } }))
        break
      case 'no-event':
        sheet = false
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
      expect(['refreshToken', 'refreshToken,nonce']).toContain(Object.keys(JSON.parse(text)).join())
    }
    expect(phone.server.reuses(), 'refresh tokens used twice').toBe(0)
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
    expect(['in', 'known', 'failed', 'out']).toContain(auth.state().session)
    expect(auth.state().phone).not.toBe('submitting')
  }

  launch()
  await settle()
  phone.manual = true
  return { take, drain }
}

const runs = process.env.WEAPP_AUTH_LONG ? 20_000 : 1000

test('in any order of callbacks, answers, taps, kills and clocks the invariants hold and everybody gets an outcome', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.array(step, { minLength: 5, maxLength: 60 }),
      async (hasPhoneCode, loggedIn, answers, steps) => {
        const world = await createWorld(hasPhoneCode, loggedIn)
        for (const one of steps) await world.take(one)
        await world.drain(answers)
      },
    ),
    { numRuns: runs },
  )
}, 600_000)
