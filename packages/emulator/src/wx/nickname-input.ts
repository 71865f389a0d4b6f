import type { AskPerson } from './ask-person.ts'
import { compareVersions } from './base-library.ts'
import type { WxDevice } from './device.ts'
import type { Privacy } from './privacy.ts'

/** What leaving the input brings: the text that stays in it, and `detail` of `bindnicknamereview` if there is an event. */
export interface NicknameBlur {
  readonly value: string
  readonly review?: { readonly pass: boolean; readonly timeout: boolean }
}

interface NicknameInputTools {
  readonly appName: string
  readonly device: WxDevice
  readonly person: AskPerson
  readonly privacy: Privacy
}

/**
 * `<input type="nickname">` (2.21.2). From 2.24.4 the text is checked when the input is left, and cleared when it does
 * not pass; the event came with 2.29.1. While the privacy guideline does not let names flow it is an ordinary input.
 */
export function createNicknameInput(world: NicknameInputTools): (text: string) => Promise<NicknameBlur> {
  const { appName, device, person, privacy } = world
  const since = (version: string) => compareVersions(device.sdkVersion, version) >= 0

  return async text => {
    if (text === '' || !since('2.24.4') || !(await privacy.flows('userInfo'))) return { value: text }
    const { decision } = await person.decision({ kind: 'nickname-review', appName, text })
    const timeout = decision === 'never'
    const pass = decision === 'allow'
    return { value: pass || timeout ? text : '', ...(since('2.29.1') ? { review: { pass, timeout } } : {}) }
  }
}
