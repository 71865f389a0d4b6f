/**
 * Tells the server how many phone buttons were shown, tapped, agreed to and declined, which it cannot see itself. Counts
 * only: no user, no number, no text. Nothing waits for it, nothing is stored, and what gets lost is not sent again.
 *
 * @module
 */
import type { ClientStep, StepsRequest } from '@weapp-auth/protocol/contract'
import { field, isRecent, readFailure, textField } from '../beside.ts'
import { type Auth, identifyFailure, type PhoneOutcome } from '../index.ts'

export interface FunnelOptions {
  /** The same as for `createAuth`. */
  readonly baseUrl: string
  /** The same as for `createAuth`. */
  readonly appId: string
  /** Milliseconds between two reports, and one more when the app is hidden. Default: 5000. */
  readonly everyMs?: number
}

/** The most of one step in one report; the server takes no more. */
const most = 1000
/** The second tap of a double tap is none of its own. */
const doubleTapMs = 1000
const timeoutMs = 8000

/**
 * The same client, which reports from now on: hand it to buttons and bindings in place of the other.
 *
 * @example
 * const server = { baseUrl: 'https://auth.example.com', appId: 'wx1234567890abcdef' }
 * export const auth = reportFunnel(createAuth(server), server)
 */
export function reportFunnel(auth: Auth, { baseUrl, appId, everyMs = 5000 }: FunnelOptions): Auth {
  const { platform } = auth.core
  const url = `${baseUrl.replace(/\/+$/, '')}/v1/steps`
  let counts: { [Step in ClientStep]?: number } = {}
  let waiting = false
  let isFirst = true
  let tappedAt = 0
  /** Somebody has told of taps; otherwise they are known by their events. */
  let toldTaps = false
  let open: { readonly first: boolean } | null = null

  function count(step: ClientStep) {
    counts[step] = Math.min((counts[step] || 0) + 1, most)
    if (waiting) return
    waiting = true
    platform.after(everyMs, () => {
      waiting = false
      send()
    })
  }

  function send() {
    const body: StepsRequest = { appId, steps: counts }
    if (!Object.keys(counts).length) return
    counts = {}
    platform.request({ url, method: 'POST', headers: {}, body, timeoutMs }).done.catch(() => {})
  }

  function tap() {
    open = { first: isFirst }
    count('tapped')
    if (isFirst) count('firstTapped')
    isFirst = false
  }

  /** Looks at what comes of one event, also when it takes several sendings. */
  function follow(asked: Promise<PhoneOutcome>, bound: () => void): Promise<PhoneOutcome> {
    return asked.then(outcome => {
      if ('phone' in outcome) bound()
      if (!('retry' in outcome)) return outcome
      return Object.assign({}, outcome, { retry: () => follow(outcome.retry(), bound) })
    })
  }

  const onHide = field(platform.shared, 'onAppHide')
  if (typeof onHide === 'function') onHide(send)

  return Object.assign({}, auth, {
    phoneTapped() {
      auth.phoneTapped()
      if (auth.state().phone !== 'asking' || isRecent(platform, tappedAt, doubleTapMs)) return
      tappedAt = platform.now()
      toldTaps = true
      tap()
    },
    bindPhone(event: unknown) {
      if (!toldTaps) tap()
      const tapped = open
      open = null
      const asked = auth.bindPhone(event)
      // The event of a tap comes once; a copy is nothing new.
      if (!tapped) return asked
      count(stepOf(event))
      let known = false
      return follow(asked, () => {
        if (!known) count('bound')
        if (!known && tapped.first) count('firstBound')
        known = true
      })
    },
    core: Object.assign({}, auth.core, { buttonShown: () => count('shown') }),
  })
}

/** What the user did with WeChat's sheet, or why there was none. */
function stepOf(event: unknown): ClientStep {
  const detail = field(event, 'detail') || event
  const { errMsg, errno } = readFailure(detail)
  const proof = textField(detail, 'code') || textField(detail, 'encryptedData')
  if (proof && /:\s*ok\s*$/i.test(errMsg)) return 'agreed'
  const reason = identifyFailure({ api: 'getPhoneNumber', errMsg, errno })
  if (reason === 'declined' || reason === 'cancelled') return 'declined'
  if (reason === 'not-permitted') return 'notPermitted'
  if (reason === 'quota-exhausted') return 'quota'
  return /^privacy/.test(reason) ? 'privacy' : 'other'
}
