import type { PhoneDecision, PhoneEventDetail, PhoneSheet, WechatCloud, WechatUse } from '../types.ts'
import { hasErrno, hasPhoneCode, type WxDevice } from './device.ts'
import { toFailure } from './fail.ts'
import { askCloud } from './login.ts'

/** Draws the sheet, or answers in a person's place. */
export type WxDecide = PhoneDecision | ((sheet: PhoneSheet) => PhoneDecision | Promise<PhoneDecision>)

interface PhoneButtonTools {
  readonly use: WechatUse
  readonly cloud: WechatCloud
  readonly device: WxDevice
  readonly decide: () => WxDecide
}

/**
 * What happens between the tap on a `getPhoneNumber` button and its event: the `detail`. Never rejects. A tap while the
 * sheet is open is answered as cancelled.
 */
export function createPhoneButton({ use, cloud, device, decide }: PhoneButtonTools): () => Promise<PhoneEventDetail> {
  let open = false

  async function ask(): Promise<PhoneEventDetail> {
    const opening = await askCloud(cloud.openPhoneSheet(use))
    if ('failure' in opening) return opening.failure
    const answer = decide()
    const decision = typeof answer === 'function' ? await answer(opening.sheet) : answer
    if (decision.decision === 'never') return new Promise(() => {})
    return askCloud(cloud.closePhoneSheet(use, decision, opening.openedAt))
  }

  return async () => {
    if (open) return forDevice({ errMsg: 'getPhoneNumber:fail user cancel' }, device)
    open = true
    try {
      return forDevice(await ask(), device)
    } catch (error) {
      return toFailure('getPhoneNumber', error, hasErrno(device))
    } finally {
      open = false
    }
  }
}

/**
 * Android writes `fail:user deny` where iOS and devtools write `fail user deny`, and says no errno with it. Base
 * libraries before 2.21.2 know no phone code.
 */
function forDevice(detail: PhoneEventDetail, device: WxDevice): PhoneEventDetail {
  const { errMsg, errno, code, ...rest } = detail
  const byPerson = errMsg.startsWith('getPhoneNumber:fail user ')
  const android = device.platform === 'android' && byPerson
  return {
    errMsg: android ? errMsg.replace(':fail ', ':fail:') : errMsg,
    ...(errno === undefined || android || !hasErrno(device) ? {} : { errno }),
    ...(code === undefined || !hasPhoneCode(device) ? {} : { code }),
    ...rest,
  }
}
