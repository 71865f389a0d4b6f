import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Auth } from './index.ts'
import type * as Client from './platforms/wx.ts'
import { settle } from './testing/fake-clock.ts'
import { createFakePhone, type Delivery, type FakePhone } from './testing/fake-phone.ts'
import { appId, baseUrl } from './testing/launch.ts'

/* Two subpackages of one app, each with its own copy of what is published, on one `wx`. */

const home = fileURLToPath(new URL('..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'weapp-auth-copies-'))

beforeAll(() => execFileSync(process.execPath, [join(home, 'build.mjs'), out]), 120_000)
afterAll(() => rmSync(out, { recursive: true, force: true }))

interface Options {
  success(result: unknown): void
  fail(failure: unknown): void
}

/** One run of the app: when it is killed, nothing of it runs any more. */
interface Run {
  alive: boolean
}

/** The `wx` of one run on this phone: callbacks, and an object that takes new properties. */
function createWx({ platform, clock }: FakePhone, run: Run, broken: string[]): object {
  let inFlight = 0
  const answer = (promise: Promise<unknown>, { success, fail }: Options) =>
    void promise.then(
      result => run.alive && success(result),
      failure => run.alive && fail(failure),
    )
  return {
    getAppBaseInfo: () => ({ SDKVersion: '3.8.0' }),
    login(options: Options) {
      if (inFlight > 0) broken.push('wx.login while another one is in flight')
      inFlight++
      let counted = true
      const done = () => {
        if (counted) inFlight--
        counted = false
      }
      // A callback that has not come by then is given up.
      clock.after(15_000, done)
      answer(platform.login().finally(done), options)
    },
    request(options: Options & { url: string; method: 'GET'; header: Record<string, string>; data?: string }) {
      const { url, method, header, data } = options
      const body: unknown = data === undefined ? undefined : JSON.parse(data)
      const task = platform.request({ url, method, headers: header, body, timeoutMs: 8000 })
      answer(
        task.done.then(({ status, headers, body: data }) => ({ statusCode: status, header: headers, data })),
        options,
      )
      return task
    },
    getStorage: (options: Options & { key: string }) =>
      answer(
        platform.readStorage(options.key).then(data => (data === null ? Promise.reject({ errMsg: 'none' }) : { data })),
        options,
      ),
    setStorage: (options: Options & { key: string; data: string }) =>
      answer(platform.writeStorage(options.key, options.data), options),
    removeStorage: (options: Options & { key: string }) => answer(platform.removeStorage(options.key), options),
    onAppShow: (show: () => void) => platform.onReturn(() => run.alive && show()),
    onNetworkStatusChange() {},
  }
}

/** Loads the built files anew, with a `wx` and the phone's clock in the place of the globals. */
function loadCopy(wx: object, { clock }: FakePhone, run: Run): Auth {
  const timers = {
    setTimeout: (due: () => void, ms: number) => clock.after(ms, () => run.alive && due()),
    clearTimeout: (timer: { cancel(): void }) => timer.cancel(),
    Date: { now: clock.now },
  }
  const load = (path: string): object => {
    const exports = {}
    const text = readFileSync(join(out, 'miniprogram_dist', path), 'utf8')
    const wrapped = `(function (require, exports, wx, setTimeout, clearTimeout, Date) {${text}\n})`
    runInThisContext(wrapped)(load, exports, wx, timers.setTimeout, timers.clearTimeout, timers.Date)
    return exports
  }
  return (load('wx.js') as typeof Client).createAuth({ baseUrl, appId })
}

const step = fc.record({
  copy: fc.nat({ max: 1 }),
  do: fc.constantFrom(
    'request',
    'request',
    'tap',
    'agree',
    'decline',
    'login',
    'logout',
    'show',
    'kill',
    'expire-access',
    'end-sessions',
    'login-succeeds',
    'login-succeeds',
    'deliver',
    'deliver',
    'deliver',
    'deliver',
    'advance',
  ),
  how: fc.constantFrom<Delivery>('ok', 'ok', 'ok', 'lost-before', 'lost-after', 'html'),
  ms: fc.constantFrom(1, 400, 1500, 16_000, 61_000, 601_000),
})

test('in any order two copies never use a refresh token twice and never call wx.login at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async steps => {
      const phone = createFakePhone()
      const broken: string[] = []
      const open = new Set<string>()
      let promises = 0
      let run: Run = { alive: false }
      let copies: readonly Auth[] = []
      const watch = (name: string, promise: Promise<unknown>) => {
        const id = `${name} ${++promises}`
        open.add(id)
        promise.then(() => open.delete(id))
      }
      const launch = () => {
        run.alive = false
        run = { alive: true }
        const wx = createWx(phone, run, broken)
        copies = [loadCopy(wx, phone, run), loadCopy(wx, phone, run)]
      }
      launch()
      await settle()
      expect(phone.count('login'), 'one login for both').toBe(1)
      phone.manual = true

      for (const { copy, do: act, how, ms } of steps) {
        const auth = copies[copy]
        if (!auth) throw new Error('nothing was launched')
        if (act === 'request') watch(act, auth.request({ url: '/v1/me' }))
        else if (act === 'tap') auth.phoneTapped()
        else if (act === 'agree') watch(act, auth.bindPhone(phone.agreed()))
        else if (act === 'decline') watch(act, auth.bindPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } }))
        else if (act === 'login') watch(act, auth.login())
        else if (act === 'logout') watch(act, auth.logout())
        else if (act === 'show') phone.show()
        else if (act === 'expire-access') phone.server.expireAccess()
        else if (act === 'end-sessions') phone.server.endSessions()
        else if (act === 'login-succeeds') phone.logins[0]?.succeed()
        else if (act === 'deliver') phone.wire[0]?.deliver(how)
        else if (act === 'advance') await phone.clock.advance(ms)
        else {
          phone.wire.splice(0)
          phone.logins.splice(0)
          open.clear()
          launch()
        }
        await settle()
      }
      for (let turn = 0; turn < 8; turn++) {
        for (const login of [...phone.logins]) login.succeed()
        for (const request of [...phone.wire]) request.deliver('ok')
        await phone.clock.advance(30_000)
      }
      expect(broken).toEqual([])
      expect(phone.server.reuses()).toBe(0)
      expect(Math.max(0, ...phone.server.paid.values())).toBeLessThanOrEqual(1)
      expect([...open]).toEqual([])
    }),
    { numRuns: process.env.WEAPP_AUTH_LONG ? 3000 : 150 },
  )
}, 600_000)
