import { createAuth, type PhoneOutcome } from '@weapp-auth/client'
import { wxPlatform } from '@weapp-auth/client/wx'
import { type PhoneAnswer, routes } from '@weapp-auth/protocol/contract'
import { createServer, generateKeyring } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createWechat } from '@weapp-auth/wechat'
import type { Page, Phone, Strategy, Tools } from '../strategy.ts'
import type { Word } from '../words.ts'

const baseUrl = 'https://auth.example.com'
/** One for all plays: making the keys costs more than a play. */
const keys = generateKeyring()
/** How long the page waits before it sends an undecided number again. */
const sendAgainMs = 3000
const warmAgainMs = 10_000
const keyTrustedMs = 120_000
const keyAgainMs = 2000

/** weapp-auth: the real client and the real server, which keeps everything in memory. */
export const ours: Strategy = {
  id: 'ours',
  title: { zh: 'weapp-auth', en: 'weapp-auth' },
  start(tools) {
    const server = startServer(tools)
    let number: string | null = null
    return {
      async fetch(request) {
        const response = await server.fetch(request)
        if (new URL(request.url).pathname === routes.phone && response.ok) {
          const { phone } = (await response.clone().json()) as PhoneAnswer
          number = phone.number.replace('+86', '')
        }
        return response
      },
      bound: () => number,
      open: phone => openPage(phone, tools.appId),
    }
  },
}

function startServer({ time, wechat, appId, secret }: Tools) {
  const clock = { now: time.now }
  return createServer({
    apps: [{ appId, openData: 'enforce' }],
    store: createMemoryStore(),
    wechat: createWechat({ apps: [{ appId, secret }], fetch: wechat, clock, timer: time, random: () => 0.5 }),
    clock,
    issuer: baseUrl,
    keys,
  })
}

/**
 * The page of docs/first-tap.md. A session that was found on the device has no session_key that the server knows, so the
 * page with the button logs in once; where the button gives no code it does so every two minutes and after a tap, but
 * never while the sheet is open; a number that is not decided yet is sent again without a tap.
 */
function openPage(phone: Phone, appId: string): Page {
  const { timers } = phone
  const platform = platformOf(phone)
  const auth = createAuth({ baseUrl, appId, platform })
  let sheets = 0
  let sending = 0

  async function warm() {
    const login = await auth.ready()
    if (login.status === 'unavailable') timers.setTimeout(warm, warmAgainMs)
    else if (auth.state().session === 'known') auth.login()
  }

  async function newKey() {
    if (platform.hasPhoneCode() || sheets > 0 || sending > 0) return
    if ((await auth.login()).status !== 'ready') timers.setTimeout(newKey, keyAgainMs)
  }

  async function submit(submission: Promise<PhoneOutcome>) {
    sending += 1
    for (let outcome = await submission; ; outcome = await outcome.retry()) {
      // Of two taps WeChat calls one cancelled at once, while the sheet of the other is open.
      if (outcome.status !== 'cancelled' || sheets === 0) phone.say(wordOf(outcome))
      if (outcome.status !== 'unavailable') break
      await new Promise<void>(resolve => void timers.setTimeout(resolve, sendAgainMs))
    }
    sending -= 1
    newKey()
  }

  warm()
  timers.setInterval(newKey, keyTrustedMs)
  return {
    tapped() {
      sheets += 1
      auth.phoneTapped()
    },
    canTap: () => sending === 0,
    phone(event) {
      sheets -= 1
      submit(auth.bindPhone(event))
    },
  }
}

function platformOf({ wx, timers, now }: Phone) {
  return {
    ...wxPlatform(wx),
    now,
    after(ms: number, run: () => void) {
      const id = timers.setTimeout(run, ms)
      return { cancel: () => timers.clearTimeout(id) }
    },
  }
}

function wordOf({ status }: PhoneOutcome): Word {
  switch (status) {
    case 'bound':
    case 'replaced':
    case 'unchanged':
      return 'done'
    case 'declined':
    case 'cancelled':
      return status
    case 'privacy-not-agreed':
      return 'privacy'
    case 'tap-again':
    case 'not-in-tap':
    case 'session-expired':
    case 'busy':
    case 'timeout':
    case 'network':
      return 'tap-again'
    default:
      return 'unavailable'
  }
}
