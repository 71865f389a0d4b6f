import { encryptOpenData } from '@weapp-auth/protocol/wechat'
import type { EmulatedPhone, PhoneAnswer, PhoneEventDetail, Sentence, WechatUse } from '../types.ts'
import { countryOf } from './directory.ts'
import { EmulatorRefusal, invalidValue } from './emulator-refusal.ts'
import { maskPhone } from './mask-phone.ts'
import { noteIfServerKeyDiffers } from './note-key-mismatch.ts'
import { PHONE_API, QUOTA_ERRNO } from './open-phone-sheet.ts'
import { phoneInfo } from './phone-info.ts'
import type { OpenSheet } from './phone-sheets.ts'
import type { Platform } from './platform.ts'
import { readAnswer } from './read-decision.ts'

/**
 * The person decided: makes the `detail` of the event.
 *
 * @throws EmulatorRefusal when no sheet was opened at `openedAt`, or the chosen phone does not exist
 */
export function closePhoneSheet(
  platform: Platform,
  use: WechatUse,
  given: PhoneAnswer,
  openedAt: number,
): PhoneEventDetail {
  const decision = readAnswer(given)
  const phone = chosenPhone(platform, use, decision)
  const sheet = platform.state.sheets.close(use, openedAt)
  if (!sheet)
    throw new EmulatorRefusal('no-open-sheet', 'openedAt', {
      zh: '"openedAt"：那一刻没有打开手机号面板',
      en: '"openedAt": no phone sheet was opened at that moment',
    })
  if (!phone) return refused(platform, use, decision.decision, sheet)
  if (decision.decision === 'add') platform.state.directory.addPhone(use.personId, phone)
  return agreed(platform, use, phone, sheet)
}

function chosenPhone({ state }: Platform, use: WechatUse, decision: PhoneAnswer): Required<EmulatedPhone> | null {
  if (decision.decision === 'add') return { countryCode: countryOf(decision.phone), number: decision.phone.number }
  if (decision.decision !== 'allow') return null
  const { phones } = state.directory.person(use.personId)
  const phone = phones[decision.phone ?? 0]
  if (!phone)
    throw invalidValue('decision.phone', {
      zh: `该用户 ${phones.length} 个号码之一的序号（从 0 起）`,
      en: `the index of one of the person's ${phones.length} phones (from 0)`,
    })
  return { countryCode: countryOf(phone), number: phone.number }
}

function agreed(
  platform: Platform,
  use: WechatUse,
  phone: Required<EmulatedPhone>,
  sheet: OpenSheet,
): PhoneEventDetail {
  const { state, clock, journal } = platform
  const { openedAt, component } = sheet
  if (!state.billing.charge(use.appId, component)) return { errMsg: `${PHONE_API[component]}:fail`, errno: QUOTA_ERRNO }
  const { code } = state.codes.issuePhone(use, phone, openedAt)
  const sealed = component === 'quick' ? seal(platform, use, phone, sheet, code) : {}
  journal.add({
    ...use,
    side: 'wx',
    what: 'phone-sheet-agreed',
    ok: true,
    text: agreedText(sheet),
    facts: {
      component,
      code: code.slice(0, 6),
      phone: maskPhone(phone.number, 2),
      ...(component === 'quick' ? { keyGeneration: sheet.key.generation } : {}),
      openForMs: clock.now() - openedAt,
    },
  })
  if (component === 'quick') noteIfServerKeyDiffers(platform, use, sheet.key.generation)
  return { errMsg: `${PHONE_API[component]}:ok`, code, ...sealed }
}

/** The number, encrypted with the session_key of the tap. The realtime button has a code only. */
function seal(
  { state, derive, clock }: Platform,
  use: WechatUse,
  phone: Required<EmulatedPhone>,
  { key }: OpenSheet,
  code: string,
): { readonly encryptedData: string; readonly iv: string } {
  const at = clock.now()
  const iv = Buffer.from(derive.bytes(`iv ${code}`, 16)).toString('base64')
  const plaintext = JSON.stringify(phoneInfo(phone, { at, appId: use.appId, countryCodeAs: 'text' }))
  const encryptedData = encryptOpenData({ sessionKey: key.value, iv, plaintext })
  state.ciphertexts.add(encryptedData, { use, generation: key.generation, madeAt: at })
  return { encryptedData, iv }
}

function agreedText({ component, key: { generation } }: OpenSheet): Sentence {
  return component === 'quick'
    ? {
        zh: `用户同意；得到手机号凭证和由第 ${generation} 代 session_key 加密的密文`,
        en: `the person agreed; the event carries a phone code and a ciphertext made with session_key generation ${generation}`,
      }
    : {
        zh: '用户同意实时验证；得到手机号凭证，没有密文',
        en: 'the person agreed to a realtime check; the event carries a phone code and no ciphertext',
      }
}

/** Spelled as on iOS; the runtime respells it for its own device. */
function refused(
  { journal }: Platform,
  use: WechatUse,
  decision: PhoneAnswer['decision'],
  { component }: OpenSheet,
): PhoneEventDetail {
  const denied = decision === 'deny'
  journal.add({
    ...use,
    side: 'wx',
    what: denied ? 'phone-sheet-denied' : 'phone-sheet-cancelled',
    ok: false,
    text: denied
      ? { zh: '用户拒绝提供手机号', en: 'the person declined to give the phone number' }
      : { zh: '用户关掉了面板，没有作答', en: 'the person closed the sheet without an answer' },
    facts: { component },
  })
  return denied
    ? { errMsg: `${PHONE_API[component]}:fail user deny`, errno: 103 }
    : { errMsg: `${PHONE_API[component]}:fail user cancel` }
}
