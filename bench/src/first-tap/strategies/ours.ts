import { createAuth, type PhoneOutcome } from '@weapp-auth/client'
import { createPhoneButton } from '@weapp-auth/client/phone'
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

/** A page with the phone button of the client: it shows what the button says, and has no rule of its own. */
function openPage(phone: Phone, appId: string): Page {
  const button = createPhoneButton(createAuth({ baseUrl, appId, platform: platformOf(phone) }))
  let shown = button.state().outcome
  button.subscribe(({ outcome }) => {
    if (outcome && outcome !== shown) phone.say(wordOf(outcome))
    shown = outcome
  })
  return {
    tapped: () => void button.phoneTapped(),
    canTap: () => !button.state().busy && button.state().step === 'offer',
    phone: event => void button.onGetPhoneNumber(event),
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
