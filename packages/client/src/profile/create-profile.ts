/**
 * Avatar and nickname the living way (`chooseAvatar`, `<input type="nickname">`), and the payloads of the retired
 * getUserInfo and getUserProfile.
 *
 * @module
 */

import type { ProfileAnswer, ProfileOpenDataAnswer, ProfileOpenDataRequest } from '@weapp-auth/protocol/contract'
import { createDerived, failureText, field, readFailure, readVerdict, textField, type Watchable } from '../beside.ts'
import type { Refused } from '../core/ask-server.ts'
import { type Auth, identifyFailure, type RequestTask } from '../index.ts'
import { isPlaceholder } from './is-placeholder.ts'
import { createNicknameField } from './nickname-field.ts'
import { type ProfileOutcome, refusal } from './profile-outcome.ts'

export type { ProfileOutcome }

export interface ProfileOptions {
  readonly auth: Auth
}

export interface ProfileState {
  /** As the server last told it; null when there is none. */
  readonly nickname: string | null
  readonly avatarUrl: string | null
  /** What is on its way. */
  readonly saving: Kind | null
  /** What came of the last thing; null before. */
  readonly outcome: ProfileOutcome | null
}

/** All methods settle with a value and none rejects. */
export interface Profile extends Watchable<ProfileState> {
  /**
   * For `bindchooseavatar`: uploads the temporary file at once.
   *
   * @example
   * const outcome = await profile.chooseAvatar(event)
   * if (outcome.status === 'saved') show(outcome.user.profile.avatarUrl)
   */
  chooseAvatar(event: unknown): Promise<ProfileOutcome>
  /**
   * For every event of `<input type="nickname" name="nickname">` (`bindinput`, `bindblur`, `bindconfirm`,
   * `bindnicknamereview`) and for `bindsubmit` of its form; or takes the text itself. Saves what WeChat's check has
   * let pass; `confirm` and `submit` wait for the check up to three seconds, since old base libraries never tell.
   *
   * @example
   * const outcome = await profile.nickname(event)
   * if ('message' in outcome) show(outcome.message.zh)
   */
  nickname(event: unknown): Promise<ProfileOutcome>
  /**
   * Takes what `wx.getUserInfo` or `wx.getUserProfile` gave, or the event of their buttons. What was retired is
   * `placeholder` and overwrites nothing.
   *
   * @example
   * wx.getUserProfile({ desc: '用于完善资料', success: result => profile.openData(result) })
   */
  openData(result: unknown): Promise<ProfileOutcome>
}

const kinds = ['avatar', 'nickname', 'open-data'] as const
type Kind = (typeof kinds)[number]

type Again = () => Promise<ProfileOutcome>

/**
 * @example
 * export const profile = createProfile({ auth })
 */
export function createProfile({ auth }: ProfileOptions): Profile {
  const { platform, loginIds, learn } = auth.core
  const turns: { [kind in Kind]?: { readonly what: string; readonly end: Promise<ProfileOutcome> } } = {}
  let last: ProfileOutcome | null = null

  const { state, subscribe, refresh } = createDerived<ProfileState>(auth, () => {
    const { nickname = null, avatarUrl = null } = auth.user()?.profile ?? {}
    return { nickname, avatarUrl, saving: kinds.filter(kind => turns[kind])[0] || null, outcome: last }
  })

  /** The same thing once more joins the first; another one waits for it, so that the last choice wins. */
  function inTurn(kind: Kind, what: string, run: Again): Promise<ProfileOutcome> {
    const before = turns[kind]
    if (before?.what === what) return before.end
    const turn = {
      what,
      end: (before ? before.end.then(run) : run()).then(outcome => {
        if (turns[kind] === turn) delete turns[kind]
        return told(outcome)
      }),
    }
    turns[kind] = turn
    refresh()
    return turn.end
  }

  function told(outcome: ProfileOutcome): ProfileOutcome {
    if (outcome.status !== 'typed') last = outcome
    refresh()
    return outcome
  }

  const tell = (outcome: ProfileOutcome) => Promise.resolve(told(outcome))

  /** Keeps what the server answers. */
  function submit(task: RequestTask, again: Again): Promise<ProfileOutcome> {
    return task.then(sent => {
      const verdict = readVerdict<ProfileAnswer & Partial<ProfileOpenDataAnswer>, ProfileOutcome>(sent, 'user', again)
      if (verdict.status === 'refused') return refused(verdict)
      if (verdict.status !== 'granted') return verdict
      const { user, recognised } = verdict.answer
      learn(user)
      return recognised === 'anonymous' ? refusal('placeholder', 'recognised by the server') : { status: 'saved', user }
    })
  }

  function upload(filePath: string): Promise<ProfileOutcome> {
    return inTurn('avatar', filePath, () =>
      submit(auth.upload({ url: '/v1/profile/avatar', filePath, name: 'avatar' }), () => upload(filePath)),
    )
  }

  function save(text: string): Promise<ProfileOutcome> {
    const nickname = text.trim()
    if (!nickname) return tell(refusal('rejected', 'the field is empty, or WeChat has cleared it'))
    if (isPlaceholder(nickname)) return tell(refusal('placeholder', 'refused before it was sent'))
    return inTurn('nickname', nickname, () => {
      const user = auth.user()
      if (user?.profile.nickname === nickname) return Promise.resolve({ status: 'unchanged', user })
      return submit(post('/v1/profile', { nickname }), () => save(nickname))
    })
  }

  /** A session of an earlier launch does not know its login any more: then a new one is needed. */
  function saveOpenData(payload: OpenData, at: number): Promise<ProfileOutcome> {
    return inTurn('open-data', payload.encryptedData || payload.signature || '', () =>
      auth
        .ready()
        .then(() => (loginIds(at).length > 0 ? null : auth.login()))
        .then(() => tryLogins(payload, at, loginIds(at))),
    )
  }

  function tryLogins(payload: OpenData, at: number, [loginId, ...others]: readonly string[]): Promise<ProfileOutcome> {
    if (!loginId) return Promise.resolve(refusal('tap-again', 'no login is known whose key could open the payload'))
    const body: ProfileOpenDataRequest = Object.assign({ loginId }, payload)
    const task = post('/v1/profile/open-data', body)
    return submit(task, () => saveOpenData(payload, at)).then(outcome =>
      outcome.status === 'tap-again' && others.length > 0 ? tryLogins(payload, at, others) : outcome,
    )
  }

  const post = (url: string, body: object) => auth.request({ url, method: 'POST', body })
  const nicknameField = createNicknameField({ platform, save })

  return {
    state,
    subscribe,
    chooseAvatar(event) {
      const detail = field(event, 'detail') || event
      const filePath = textField(detail, 'avatarUrl')
      return filePath ? upload(filePath) : tell(notGiven('chooseAvatar', detail))
    },
    nickname: event => nicknameField(event).then(told),
    openData(result) {
      const given = field(result, 'detail') || result
      const payload = readOpenData(given)
      if (!payload) return tell(notGiven('getUserProfile', given))
      const name = textField(field(given, 'userInfo'), 'nickName') || ''
      if (isPlaceholder(name)) return tell(refusal('placeholder', 'recognised before it was sent'))
      return saveOpenData(payload, platform.now())
    },
  }
}

function refused({ code, detail, retry, problem }: Refused & { readonly problem: unknown }): ProfileOutcome {
  if (code === 'profile_placeholder') return refusal('placeholder', detail)
  if (code === 'consent_required') return refusal('consent-needed', detail)
  const ofUser = /^avatar_(invalid|too_large)$/.test(code) || field(problem, 'field') === 'nickname'
  return refusal(ofUser ? 'rejected' : retry === 'tap' || retry === 'login' ? 'tap-again' : 'failed', detail)
}

type OpenData = Omit<ProfileOpenDataRequest, 'loginId'>

/** The sealed and the signed half, each only whole. */
function readOpenData(given: unknown): OpenData | null {
  const [encryptedData, iv, rawData, signature] = ['encryptedData', 'iv', 'rawData', 'signature'].map(name =>
    textField(given, name),
  )
  const sealed = encryptedData && iv ? { encryptedData, iv } : null
  const signed = rawData && signature ? { rawData, signature } : null
  return sealed || signed ? Object.assign({}, sealed, signed) : null
}

function notGiven(api: string, detail: unknown): ProfileOutcome {
  const { errMsg, errno } = readFailure(detail)
  return refusal(identifyFailure({ api, errMsg, errno }), failureText(detail))
}
