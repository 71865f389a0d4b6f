import { encryptOpenData, rawDataSignature } from '@weapp-auth/protocol/wechat'
import type { EmulatedPerson, UserInfoPayload, UserInfoQuestion, WechatUse, WxUserInfo } from '../types.ts'
import { isAnonymous } from '../wx/anonymous.ts'
import { noteIfServerKeyDiffers } from './note-key-mismatch.ts'
import type { Platform } from './platform.ts'

const GREY_AVATAR =
  'https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132'

const ANONYMOUS: WxUserInfo = {
  nickName: '微信用户',
  gender: 0,
  language: '',
  city: '',
  province: '',
  country: '',
  avatarUrl: GREY_AVATAR,
}

/** The payload of getUserInfo and getUserProfile, encrypted and signed with the session_key of this moment. */
export function userInfo(platform: Platform, use: WechatUse, question: UserInfoQuestion): UserInfoPayload {
  const { state, derive, clock, journal } = platform
  const { publishedAt } = state.consents.of(use)
  const anonymous = isAnonymous(publishedAt, question)
  const shown = anonymous ? nobody(question) : shownBy(state.directory.person(use.personId), question)
  const key = state.keys.forOpenData(use)
  const rawData = JSON.stringify(shown)
  const watermark = { timestamp: Math.floor(clock.now() / 1000), appid: use.appId }
  const plaintext = JSON.stringify({ ...identity(platform, use, question), ...shown, watermark })
  const iv = Buffer.from(derive.bytes(`iv ${use.appId} ${use.personId} ${plaintext}`, 16)).toString('base64')
  journal.add({
    ...use,
    side: 'wx',
    what: 'user-info-given',
    ok: true,
    text: anonymous
      ? { zh: '给出匿名的头像昵称（“微信用户”）', en: 'gave an anonymous name and avatar ("微信用户")' }
      : { zh: '给出真实的头像昵称', en: 'gave the real name and avatar' },
    facts: { kind: question.kind, anonymous, keyGeneration: key.generation },
  })
  noteIfServerKeyDiffers(platform, use, key.generation)
  return {
    userInfo: shown,
    rawData,
    signature: rawDataSignature(rawData, key.value),
    encryptedData: encryptOpenData({ sessionKey: key.value, iv, plaintext }),
    iv,
  }
}

function identity({ state }: Platform, use: WechatUse, { kind }: UserInfoQuestion): object {
  if (kind === 'profile') return {}
  const unionId = state.directory.unionId(use)
  return { openId: state.directory.openId(use), ...(unionId === null ? {} : { unionId }) }
}

function nobody({ kind }: UserInfoQuestion): WxUserInfo {
  return kind === 'profile' ? { ...ANONYMOUS, language: 'zh_CN' } : ANONYMOUS
}

/** A profile tells neither gender nor region, and always speaks Chinese (announcement of 2021-10-20). */
function shownBy({ id, name, profile = {} }: EmulatedPerson, { kind, lang = 'en' }: UserInfoQuestion): WxUserInfo {
  const { nickName = name, avatarUrl = `https://thirdwx.qlogo.cn/mmopen/emulated/${encodeURIComponent(id)}/132` } =
    profile
  if (kind === 'profile') return { ...ANONYMOUS, nickName, avatarUrl, language: 'zh_CN' }
  const { gender = 0, city = '', province = '', country = '' } = profile
  return { nickName, gender, language: lang, city, province, country, avatarUrl }
}
