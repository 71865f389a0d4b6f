import { field, pause } from '../beside.ts'
import type { Platform } from '../index.ts'
import { type ProfileOutcome, refusal } from './profile-outcome.ts'

interface NicknameFieldTools {
  readonly platform: Platform
  /** Takes a text that has passed. */
  readonly save: (text: string) => Promise<ProfileOutcome>
}

/** A check that has not ended by now is none: base libraries before 2.29.1 never tell, nor does a plain input. */
const reviewMs = 3000

/**
 * Follows `<input type="nickname">`. WeChat checks the text when the input is left (2.24.4), clears it when it does not
 * pass, and tells so later in an event of its own (2.29.1): a text is taken when that event says `pass`. Who presses
 * "done" or submits the form is waited for no longer than {@link reviewMs}; then the text is taken only on a phone that
 * was never heard to tell.
 */
export function createNicknameField({
  platform,
  save,
}: NicknameFieldTools): (event: unknown) => Promise<ProfileOutcome> {
  const stillTyping = Promise.resolve<ProfileOutcome>({ status: 'typed' })
  const late = () => Promise.resolve(refusal('not-reviewed', 'the check of WeChat did not end in time'))
  let typed = ''
  /** The text that is being checked. */
  let checked = ''
  let submitted = ''
  let tells = false
  let waiting: { readonly outcome: Promise<ProfileOutcome>; decide(outcome: Promise<ProfileOutcome>): void } | null =
    null

  function review(pass: boolean, timeout: boolean): Promise<ProfileOutcome> {
    const text = checked || typed
    checked = ''
    tells = true
    const refused = () => Promise.resolve(refusal('rejected', 'the check of WeChat did not let it pass'))
    const outcome = pass ? save(text) : timeout ? late() : refused()
    waiting?.decide(outcome)
    return outcome
  }

  function submit(text: string): Promise<ProfileOutcome> {
    submitted = text
    if (waiting) return waiting.outcome
    return checked && text ? wait() : save(text)
  }

  function wait(): Promise<ProfileOutcome> {
    let decide = (_: Promise<ProfileOutcome>) => {}
    const outcome = new Promise<ProfileOutcome>(resolve => {
      decide = verdict => {
        waiting = null
        resolve(verdict)
      }
    })
    const own = { outcome, decide }
    waiting = own
    pause(platform, reviewMs).then(() => {
      if (waiting === own) decide(tells ? late() : save(submitted))
    })
    return outcome
  }

  return event => {
    if (typeof event === 'string') return save(event)
    const detail = field(event, 'detail')
    const type = field(event, 'type')
    const pass = field(detail, 'pass')
    if (typeof pass === 'boolean') return review(pass, field(detail, 'timeout') === true)
    const value = field(detail, 'value')
    if (typeof value === 'string') {
      typed = value
      // An empty field is not checked.
      if (type === 'blur' || type === 'confirm') checked = value.trim()
      return type === 'confirm' ? submit(value) : stillTyping
    }
    const inForm = field(value, 'nickname')
    if (typeof inForm === 'string') return submit(inForm)
    return Promise.resolve(
      refusal('failed', 'nickname takes an event of the input, or of a form with an input named "nickname"'),
    )
  }
}
