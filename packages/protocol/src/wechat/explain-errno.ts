import type { Mender } from './errcodes.ts'
import { errnos } from './errnos.ts'
import { failureOf } from './failure-reasons.ts'
import { identifyFailure } from './identify-failure.ts'

interface ErrnoExplanation {
  readonly who: Mender
  readonly meaning: { readonly zh: string; readonly en: string }
  readonly fix: { readonly zh: string; readonly en: string }
}

const askAgain = { zh: '请小程序重新获取 code。', en: 'Let the mini program get a fresh code.' }
const checkRequest = { zh: '对照接口文档检查参数。', en: 'Check the parameters against the documentation of the call.' }
const tryAgain = { zh: '稍候重试。', en: 'Try again after a pause.' }

/** Those of "Errno错误码" that are no failure of which `identifyFailure` knows the reason. */
const others: Readonly<Record<number, Pick<ErrnoExplanation, 'who' | 'fix'>>> = {
  0: { who: 'user', fix: { zh: '无需处理。', en: 'Nothing to do.' } },
  3: {
    who: 'user',
    fix: {
      zh: '请用户在手机的系统设置中授予微信该权限。',
      en: 'Let the user grant WeChat the permission in the settings of the phone.',
    },
  },
  4: { who: 'wechat', fix: tryAgain },
  100: {
    who: 'developer',
    fix: {
      zh: '用 wx.canIUse 判断；基础库过低、插件或单页模式中没有该接口。',
      en: 'Ask wx.canIUse; old base libraries, plug-ins and single-page mode lack the interface.',
    },
  },
  101: { who: 'developer', fix: checkRequest },
  106: { who: 'developer', fix: checkRequest },
  109: { who: 'wechat', fix: tryAgain },
  110: { who: 'developer', fix: { zh: '指定 scope。', en: 'Name a scope.' } },
  111: { who: 'user', fix: { zh: '关闭其他程序后重试。', en: 'Close other programs and try again.' } },
  1000: { who: 'wechat', fix: tryAgain },
  1001: { who: 'developer', fix: checkRequest },
  1004: {
    who: 'developer',
    fix: { zh: '使用本小程序登录时得到的 openid。', en: 'Use the openid that the login of this app answered.' },
  },
  1005: {
    who: 'operator',
    fix: { zh: '检查小程序与服务端的 AppID。', en: 'Check the app id of mini program and server.' },
  },
  1009: {
    who: 'user',
    fix: { zh: '重新获取数据，如再点一次按钮。', en: 'Get the data again, with a new tap for example.' },
  },
  1014: { who: 'user', fix: { zh: '重新登录。', en: 'Log in again.' } },
  1020: { who: 'developer', fix: askAgain },
  1021: { who: 'user', fix: askAgain },
  1032: {
    who: 'user',
    fix: { zh: '重新登录，session_key 多半已经过时。', en: 'Log in again; the session_key is most likely outdated.' },
  },
}

/**
 * Explains an errno of the client API ("Errno错误码"; 1400001 is in the guides of the phone component only); `null` when
 * it is in no table. What the same number means at the privacy gate takes its errMsg: see `identifyFailure`.
 *
 * @example
 * explainErrno(1400001)?.who // 'operator'
 */
export function explainErrno(errno: number, api = ''): ErrnoExplanation | null {
  const rows: Readonly<Record<number, { readonly zh: string; readonly en: string }>> = errnos
  const row = rows[errno]
  if (!row) return null
  const { who, fix } = others[errno] ?? failureOf(api, identifyFailure({ api, errno }))
  return { who, fix, meaning: { zh: row.zh, en: row.en } }
}
