import type { WechatCloud, WechatUse } from '../types.ts'
import { checkSession } from './check-session.ts'
import { closePhoneSheet } from './close-phone-sheet.ts'
import { issueLoginCode } from './issue-login-code.ts'
import { openPhoneSheet } from './open-phone-sheet.ts'
import type { Platform } from './platform.ts'

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
    openPhoneSheet: async use => openPhoneSheet(platform, known(use)),
    closePhoneSheet: async (use, decision, openedAt) => closePhoneSheet(platform, known(use), decision, openedAt),
    note: async (use, entry) => platform.journal.add({ ...known(use), side: 'wx', ...entry }),
  }
}
