import type { PhoneAnswer, PhoneProof, PhoneRequest } from '@weapp-auth/protocol/contract'
import type { Platform } from '../platform.ts'
import type { AskServer, Refused } from './ask-server.ts'
import { type AuthStateHolder, learn } from './auth-state.ts'
import type { Lease } from './lease.ts'
import { failure, type LoginFailure, type LoginOutcome, type PhoneOutcome } from './outcomes.ts'
import { failureText } from './read-failure.ts'
import { readPhoneEvent } from './read-phone-event.ts'
import type { Session } from './session.ts'
import type { SignIn } from './sign-in.ts'
import type { TokenOutcome } from './tokens.ts'

export interface BindPhoneTools {
  readonly platform: Platform
  readonly askServer: AskServer
  readonly session: Session
  readonly tokens: () => Promise<TokenOutcome>
  readonly signIn: SignIn
  readonly lease: Lease
  readonly state: AuthStateHolder
}

/** What the user agreed to with one tap; kept until the server has decided. */
interface Payload {
  readonly proof: PhoneProof
  readonly at: number
  /** Who was logged in at the event, or since; undefined when that is not known yet. */
  userId: string | undefined
  /** The same for every sending: the server answers a repeated one without asking WeChat, or billing, again. */
  nonce?: string
}

/** More than any sequence of refusals can need (refresh, login, two keys); a server that contradicts itself ends here. */
const mostRounds = 6

/**
 * Submits what the phone button brought; the reasoning is in `docs/decisions/0003-client-lease.md`. With a live
 * session it never calls `wx.login` before the server's verdict on the payload. It never rejects.
 */
export function createBindPhone(tools: BindPhoneTools): (event: unknown) => Promise<PhoneOutcome> {
  const { platform, askServer, session, tokens, signIn, lease, state } = tools
  const userId = () => state.get().user?.id
  const own = (one: Payload) => {
    one.userId = one.userId || userId()
  }
  let last: Payload | null = null
  /** One for each time the user agreed, also those that joined another one: whose they are must not be forgotten. */
  const seen: Payload[] = []
  let underWay: Promise<PhoneOutcome> | null = null

  function bindPhone(event: unknown): Promise<PhoneOutcome> {
    const read = readPhoneEvent(event)
    if ('status' in read) {
      if (!underWay) done()
      return underWay || Promise.resolve(read)
    }
    // An event that comes once more gets the outcome it had: its nonce is the same.
    const same = seen.filter(({ proof }) => isSame(read, proof))[0]
    const payload = same || { proof: read, at: platform.now(), userId: userId() }
    if (!same) seen.push(payload)
    return decide(payload)
  }

  /** A second tap while the first is being decided joins it; its own proof is used only when the first one was void. */
  function decide(payload: Payload): Promise<PhoneOutcome> {
    if (underWay)
      return payload === last
        ? underWay
        : underWay.then(first => (first.status === 'tap-again' ? decide(payload) : first))
    last = payload
    state.set({ phone: 'submitting' })
    underWay = submit(payload)
      .catch(error => failure('failed', failureText(error)))
      .then(outcome => {
        underWay = null
        done()
        return outcome
      })
    return underWay
  }

  function done() {
    lease.release()
    state.set({ phone: 'idle' })
  }

  async function submit(payload: Payload): Promise<PhoneOutcome> {
    const { proof, at } = payload
    const undecided = (why: LoginFailure): PhoneOutcome =>
      why.status === 'unavailable' ? Object.assign({}, why, { retry: () => decide(payload) }) : why
    const tried: (string | undefined)[] = []
    let mayLogIn = true
    let detail = ''
    if (signIn.underWay()) await logIn(signIn.underWay)
    lease.take()
    for (let round = 0; round < mostRounds; round++) {
      const loginId = session.loginIds(at).filter(id => tried.indexOf(id) < 0)[0]
      // Once a login was tried in vain the code that came along is void.
      const code = !tried.length && proof.code
      // A ciphertext alone needs a login whose key may open it; a code only needs a session.
      const token: TokenOutcome = code || loginId ? await tokens() : { status: 'none' }
      if (token.status === 'token') {
        if (!isOwn(payload)) return failure('tap-again', 'another user logged in')
        const answer = await ask(payload, code, loginId, token.accessToken)
        if (answer.status === 'granted') return bound(payload, answer.value)
        detail = answer.detail
        if (answer.code === 'token_invalid') session.refuse(token.accessToken)
        else if (answer.retry === 'later') return undecided(failure('unavailable', detail))
        // The ciphertext may still open with the key of another login: the one before, or a new one that kept the key. So
        // may one that came with a code which is void by now, because the user thought for more than five minutes.
        else if (proof.iv && answer.retry !== 'never') tried.push(loginId)
        else return final(answer, tried.length)
      } else if (token.status === 'none') {
        if (!mayLogIn) break
        mayLogIn = false
        const login = await logIn(signIn.signIn)
        if (login && login.status !== 'ready') return undecided(login)
      } else return undecided(token)
    }
    return failure(tried.length ? 'tap-again' : 'failed', detail)
  }

  /** What cannot be judged before its session is there needs no lease meanwhile. */
  async function logIn(flight: () => Promise<LoginOutcome> | null) {
    lease.release()
    const outcome = await flight()
    lease.take()
    return outcome
  }

  /** What one user agreed to is never submitted for another. */
  function isOwn(payload: Payload): boolean {
    // Events that wait behind this one are of the same user: they all came before anybody was known.
    seen.map(own)
    return payload.userId === (userId() || payload.userId)
  }

  async function ask(
    payload: Payload,
    code: string | false | undefined,
    loginId: string | undefined,
    accessToken: string,
  ) {
    const { encryptedData, iv } = payload.proof
    const nonce = payload.nonce || (await platform.randomHex())
    payload.nonce = nonce
    const sealed = encryptedData && iv && loginId ? { encryptedData, iv, loginId } : null
    const body: PhoneRequest = Object.assign({ nonce }, code ? { code } : null, sealed)
    return askServer<PhoneAnswer>({ path: '/v1/phone', body, accessToken, mark: 'change' })
  }

  function bound(payload: Payload, { change, phone }: PhoneAnswer): PhoneOutcome {
    if (isOwn(payload)) learn(state, { phone })
    return { status: change, phone }
  }

  return bindPhone
}

/** What is refused after a login was tried in vain was worth a try: a server may take codes alone, and the next tap has one. */
function final({ code, retry, detail }: Refused, tried: number): PhoneOutcome {
  if (code === 'phone_taken' || code === 'phone_cooling') return failure('taken', detail)
  return failure(retry === 'tap' || tried ? 'tap-again' : 'failed', detail)
}

function isSame(a: PhoneProof, b: PhoneProof): boolean {
  return a.code === b.code && a.encryptedData === b.encryptedData
}
