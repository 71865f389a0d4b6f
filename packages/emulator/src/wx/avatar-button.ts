import type { WxAvatarDetail } from '../types.ts'
import type { AskPerson } from './ask-person.ts'
import { compareVersions } from './base-library.ts'
import { hasErrno, type WxDevice } from './device.ts'
import { toFailure, WxFail } from './fail.ts'
import type { PlannedFailures } from './planned-failures.ts'
import type { Privacy } from './privacy.ts'
import type { TempFiles } from './temp-files.ts'

interface AvatarButtonTools {
  readonly appName: string
  readonly device: WxDevice
  readonly person: AskPerson
  readonly privacy: Privacy
  readonly files: TempFiles
  readonly planned: PlannedFailures
}

/** From this base library on a picture that fails WeChat's check is dropped without an event (chooseAvatar). */
const CHECKED_SINCE = '2.24.4'

/** A tap on a `chooseAvatar` button: the `detail` of its event, or null when there is none. Never rejects. */
export function createAvatarButton(world: AvatarButtonTools): () => Promise<WxAvatarDetail | null> {
  const { appName, device, person, privacy, files, planned } = world
  let busy = false

  async function choose(): Promise<WxAvatarDetail | null> {
    planned.throwNext('chooseAvatar')
    await privacy.pass({ kind: 'userInfo', referrer: 'button.chooseAvatar', coupled: false })
    const answer = await person.ask({ kind: 'avatar', appName })
    if (answer.decision !== 'allow') throw new WxFail('cancel')
    if (answer.passes === false && compareVersions(device.sdkVersion, CHECKED_SINCE) >= 0) return null
    return { errMsg: 'chooseAvatar:ok', avatarUrl: answer.avatarUrl ?? files.add(GREY_PIXEL, 'gif') }
  }

  return async () => {
    if (busy) return { errMsg: 'chooseAvatar:fail another chooseAvatar is in progress' }
    busy = true
    try {
      return await choose()
    } catch (error) {
      return toFailure('chooseAvatar', error, hasErrno(device))
    } finally {
      busy = false
    }
  }
}

/** The smallest picture: a GIF of one grey pixel. */
const GREY_PIXEL = Uint8Array.of(
  ...[71, 73, 70, 56, 57, 97, 1, 0, 1, 0, 128, 0, 0, 192, 192, 192, 0, 0, 0],
  ...[44, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 68, 1, 0, 59],
)
