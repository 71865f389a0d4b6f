import type { PhoneComponent, PhoneSheetOpening, WechatUse } from '../types.ts'
import { countryOf } from './directory.ts'
import { maskPhone } from './mask-phone.ts'
import type { Platform } from './platform.ts'

/** What each component is called in its errMsg. */
export const PHONE_API: Record<PhoneComponent, string> = { quick: 'getPhoneNumber', realtime: 'getRealtimePhoneNumber' }
/** The quota of the component is used up (手机号快速验证组件); only the errno is documented. */
export const QUOTA_ERRNO = 1_400_001

/** The tap on the phone button: the session_key of this moment will encrypt the number. */
export function openPhoneSheet(
  { state, journal }: Platform,
  use: WechatUse,
  component: PhoneComponent = 'quick',
): PhoneSheetOpening {
  const app = state.directory.app(use.appId)
  if (app.phonePermitted === false) {
    journal.add({
      ...use,
      side: 'wx',
      what: 'phone-sheet-refused',
      ok: false,
      text: {
        zh: '手机号按钮被拒：小程序没有这个权限（个人主体或未认证）',
        en: 'the phone button is refused: the mini program has no permission (a personal account, or not certified)',
      },
    })
    return { failure: { errMsg: `${PHONE_API[component]}:fail no permission` } }
  }
  if (!state.billing.covers(use.appId, component)) {
    journal.add({
      ...use,
      side: 'wx',
      what: 'phone-sheet-refused',
      ok: false,
      text: {
        zh: '手机号按钮被拒：这个组件的额度用完了（errno 1400001）',
        en: 'the phone button is refused: the quota of this component is used up (errno 1400001)',
      },
      facts: { component },
    })
    return { failure: { errMsg: `${PHONE_API[component]}:fail`, errno: QUOTA_ERRNO }, notice: 'no-quota' }
  }
  const key = state.keys.forOpenData(use)
  const { openedAt } = state.sheets.open(use, key, component)
  journal.add({
    ...use,
    side: 'wx',
    what: 'phone-sheet-opened',
    ok: true,
    text: {
      zh: `用户点了手机号按钮，授权面板打开；此刻的 session_key 是第 ${key.generation} 代`,
      en: `the phone button was tapped and the sheet is open; the session_key of this moment is generation ${key.generation}`,
    },
    facts: { component, keyGeneration: key.generation },
  })
  const phones = state.directory.person(use.personId).phones.map(phone => ({
    countryCode: countryOf(phone),
    masked: maskPhone(phone.number),
  }))
  return { sheet: { appId: app.appId, appName: app.name, phones }, openedAt }
}
