import type {
  PhoneComponent,
  PhoneDecision,
  PhoneEventDetail,
  PhoneSheet,
  PhoneSheetOpening,
  WechatCloud,
  WechatUse,
} from '../types.ts'
import { hasErrno, hasPhoneCode, type WxDevice } from './device.ts'
import { toFailure } from './fail.ts'
import { askCloud } from './login.ts'
import type { PlannedFailures } from './planned-failures.ts'
import type { Privacy } from './privacy.ts'

/** Draws the sheet, or answers in a person's place. */
export type WxDecide = PhoneDecision | ((sheet: PhoneSheet) => PhoneDecision | Promise<PhoneDecision>)

interface PhoneButtonTools {
  readonly use: WechatUse
  readonly cloud: WechatCloud
  readonly device: WxDevice
  readonly privacy: Privacy
  readonly planned: PlannedFailures
  readonly decide: () => WxDecide
  /** Android: the event never comes when the person added a number (NervJS/taro issue 13755). */
  readonly addedNumberIsLost: boolean
}

/** A tap on a phone button: the `detail` of its event, or null when there is none. Never rejects. */
export type PhoneButton = (component: PhoneComponent) => Promise<PhoneEventDetail | null>

const API: Record<PhoneComponent, string> = { quick: 'getPhoneNumber', realtime: 'getRealtimePhoneNumber' }

/**
 * What happens between the tap on a phone button and its event. A tap while a sheet is open is answered as cancelled;
 * with `never` the sheet stays open and the answer pending.
 */
export function createPhoneButton(world: PhoneButtonTools): PhoneButton {
  const { use, cloud, device, privacy, planned, decide } = world
  let open = false

  async function ask(component: PhoneComponent): Promise<PhoneEventDetail | null> {
    const api = API[component]
    planned.throwNext(api)
    await privacy.pass({ kind: 'phoneNumber', referrer: `button.${api}`, coupled: true })
    const opening = await askCloud(cloud.openPhoneSheet(use, component))
    return 'failure' in opening ? opening.failure : answer(opening)
  }

  async function answer({
    sheet,
    openedAt,
  }: Extract<PhoneSheetOpening, { sheet: PhoneSheet }>): Promise<PhoneEventDetail | null> {
    const next = decide()
    const decision = typeof next === 'function' ? await next(sheet) : next
    if (decision.decision === 'never') return new Promise(() => {})
    const detail = await askCloud(cloud.closePhoneSheet(use, decision, openedAt))
    const lost = world.addedNumberIsLost && device.platform === 'android' && decision.decision === 'add'
    return lost ? null : detail
  }

  return async component => {
    const api = API[component]
    if (open) return forDevice(api, { errMsg: `${api}:fail user cancel` }, device)
    open = true
    try {
      const detail = await ask(component)
      return detail && forDevice(api, detail, device)
    } catch (error) {
      return toFailure(api, error, hasErrno(device))
    } finally {
      open = false
    }
  }
}

/**
 * Android writes `fail:user deny` where iOS and devtools write `fail user deny`, and says no errno with it. Base
 * libraries before 2.21.2 know no phone code.
 */
function forDevice(api: string, detail: PhoneEventDetail, device: WxDevice): PhoneEventDetail {
  const { errMsg, errno, code, ...rest } = detail
  const byPerson = errMsg.startsWith(`${api}:fail user `)
  const android = device.platform === 'android' && byPerson
  return {
    errMsg: android ? errMsg.replace(':fail ', ':fail:') : errMsg,
    ...(errno === undefined || android || !hasErrno(device) ? {} : { errno }),
    ...(code === undefined || !hasPhoneCode(device) ? {} : { code }),
    ...rest,
  }
}
