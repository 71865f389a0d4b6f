import type { WechatUse } from '../types.ts'
import type { Platform } from './platform.ts'

/** The person answered for these scopes, in a dialog or on the settings page. */
export function setScopes(
  { state, journal }: Platform,
  use: WechatUse,
  scopes: Readonly<Record<string, boolean>>,
): void {
  state.consents.setScopes(use, scopes)
  for (const [scope, allowed] of Object.entries(scopes))
    journal.add({
      ...use,
      side: 'wx',
      what: allowed ? 'scope-allowed' : 'scope-denied',
      ok: allowed,
      text: allowed
        ? { zh: `用户允许 ${scope}`, en: `the person allowed ${scope}` }
        : { zh: `用户拒绝 ${scope}`, en: `the person denied ${scope}` },
      facts: { scope },
    })
}

/** The person agreed to the privacy guideline as it is today. */
export function agreePrivacy({ state, journal }: Platform, use: WechatUse): void {
  state.consents.agreePrivacy(use)
  journal.add({
    ...use,
    side: 'wx',
    what: 'privacy-agreed',
    ok: true,
    text: { zh: '用户同意了隐私保护指引', en: 'the person agreed to the privacy guideline' },
  })
}
