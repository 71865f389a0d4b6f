import type { WechatUse } from '../types.ts'
import type { Platform } from './platform.ts'

/**
 * The person took the mini program from the list of recent ones: the agreement to the privacy guideline is gone
 * (小程序隐私协议开发指南). Or deleted it: scopes (授权) and what it stored are gone as well.
 */
export function removeMiniProgram({ state, journal }: Platform, use: WechatUse, how: 'recent' | 'deleted'): void {
  state.consents.forgetPrivacy(use)
  if (how === 'deleted') {
    state.consents.forget(use)
    state.storages.delete(`${use.appId} ${use.personId}`)
  }
  journal.add({
    ...use,
    side: 'wx',
    what: how === 'deleted' ? 'mini-program-deleted' : 'mini-program-removed',
    ok: true,
    text:
      how === 'deleted'
        ? {
            zh: '用户删除了小程序：授权、隐私同意和本地缓存都没有了',
            en: 'the person deleted the mini program: scopes, privacy consent and storage are gone',
          }
        : {
            zh: '用户把小程序移出最近使用：隐私同意没有了',
            en: 'the person removed the mini program from the recent ones: the privacy consent is gone',
          },
  })
}
