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
 * "done" or submits the form is waited for no longer than {@link reviewMs}.
 */
export function createNicknameField({
  platform,
  save,
}: NicknameFieldTools): (event: unknown) => Promise<ProfileOutcome> {
  let typed = ''
  /** The text that is being checked. */
  let checked: string | null = null
  let reviewed: ((outcome: Promise<ProfileOutcome>) => void) | null = null

  function review(pass: boolean, timeout: boolean): Promise<ProfileOutcome> {
    const text = checked === null ? typed : checked
    checked = null
    const outcome = pass
      ? save(text)
      : Promise.resolve(timeout ? refusal('not-reviewed', 'timeout') : refusal('rejected', 'did not pass'))
    if (reviewed) reviewed(outcome)
    return outcome
  }

  function submit(text: string): Promise<ProfileOutcome> {
    if (checked === null || !text) return save(text)
    return new Promise(resolve => {
      const decide = (outcome: Promise<ProfileOutcome>) => {
        reviewed = null
        resolve(outcome)
      }
      reviewed = decide
      pause(platform, reviewMs).then(() => {
        if (reviewed === decide) decide(save(text))
      })
    })
  }

  const stillTyping = Promise.resolve<ProfileOutcome>({ status: 'typed' })

  return event => {
    if (typeof event === 'string') return save(event)
    const detail = field(event, 'detail')
    const type = field(event, 'type')
    const pass = field(detail, 'pass')
    if (typeof pass === 'boolean') return review(pass, field(detail, 'timeout') === true)
    const value = field(detail, 'value')
    if (typeof value === 'string') {
      typed = value
      if (type === 'blur' || type === 'confirm') checked = value
      return type === 'confirm' ? submit(value) : stillTyping
    }
    const submitted = field(value, 'nickname')
    if (typeof submitted === 'string') return submit(submitted)
    return Promise.resolve(
      refusal('failed', 'nickname takes an event of the input, or of a form with an input named "nickname"'),
    )
  }
}
