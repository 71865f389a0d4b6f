import type { WechatCloud, WechatUse } from '../types.ts'
import { checkSession } from './check-session.ts'
import { closePhoneSheet } from './close-phone-sheet.ts'
import { issueLoginCode } from './issue-login-code.ts'
import { latestUserKey } from './latest-user-key.ts'
import { openPhoneSheet } from './open-phone-sheet.ts'
import type { Platform } from './platform.ts'
import { agreePrivacy, setScopes } from './record-consent.ts'
import { removeMiniProgram } from './remove-mini-program.ts'
import { userInfo } from './user-info.ts'

/**
 * WeChat's servers as the WeChat app on a phone sees them, in the same process. Every call rejects with an
 * `EmulatorRefusal` when the app or the person is unknown.
 */
export function createWechatCloud(platform: Platform): WechatCloud {
  const known = ({ appId, personId }: WechatUse): WechatUse => {
    const { directory } = platform.state
    const use = { appId: directory.app(appId).appId, personId: directory.person(personId).id }
    directory.openId(use)
    return use
  }
  return {
    login: async use => ({ code: issueLoginCode(platform, known(use)) }),
    checkSession: async use => ({ valid: checkSession(platform, known(use)) }),
    openPhoneSheet: async (use, component) => openPhoneSheet(platform, known(use), component),
    closePhoneSheet: async (use, decision, openedAt) => closePhoneSheet(platform, known(use), decision, openedAt),
    consents: async use => platform.state.consents.of(known(use)),
    setScopes: async (use, scopes) => setScopes(platform, known(use), scopes),
    agreePrivacy: async use => agreePrivacy(platform, known(use)),
    userInfo: async (use, question) => userInfo(platform, known(use), question),
    latestUserKey: async use => latestUserKey(platform, known(use)),
    remove: async (use, how) => removeMiniProgram(platform, known(use), how),
    note: async (use, entry) => platform.journal.add({ ...known(use), side: 'wx', ...entry }),
  }
}
