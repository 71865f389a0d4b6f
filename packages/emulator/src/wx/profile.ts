import type { UserInfoPayload, UserInfoQuestion, WechatCloud, WechatUse } from '../types.ts'
import { isAnonymous } from './anonymous.ts'
import type { AskPerson } from './ask-person.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { checkText } from './check-parameter.ts'
import type { WxDevice } from './device.ts'
import { WxFail } from './fail.ts'
import { askCloud } from './login.ts'
import type { Privacy } from './privacy.ts'
import { askForScope } from './settings.ts'
import type { TapGesture } from './tap-gesture.ts'

/** Without credentials there is nothing but what is shown. */
export type WxProfile = Pick<UserInfoPayload, 'userInfo' | 'rawData' | 'signature'> & Partial<UserInfoPayload>

/** What both `wx.getUserInfo` and its button take. */
export interface GetUserInfoOptions {
  /** Default: true. */
  readonly withCredentials?: boolean
  /** Default: `en`. */
  readonly lang?: string
}

export interface ProfileApis {
  getUserInfo: AsyncApi<GetUserInfoOptions, WxProfile>
  getUserProfile: AsyncApi<{ readonly desc: string; readonly lang?: string }, WxProfile>
}

interface ProfileTools {
  readonly use: WechatUse
  readonly appName: string
  readonly cloud: WechatCloud
  readonly device: WxDevice
  readonly person: AskPerson
  readonly privacy: Privacy
  readonly gesture: TapGesture
  readonly tools: AsyncApiTools
}

export interface Profile {
  readonly apis: ProfileApis
  /** What a tap on a `getUserInfo` button gives. */
  byButton(options: GetUserInfoOptions): Promise<WxProfile>
}

const DESC_LIMIT = 30

/** `wx.getUserInfo` and `wx.getUserProfile`, before and after WeChat made them anonymous. */
export function createProfile(world: ProfileTools): Profile {
  const { use, appName, cloud, device, person, privacy, gesture, tools } = world
  const ask = (kind: UserInfoQuestion['kind'], lang: string | undefined): UserInfoQuestion => ({
    kind,
    sdkVersion: device.sdkVersion,
    ...(lang === undefined ? {} : { lang }),
  })

  /** @param mayAsk older versions ask the person when a button was tapped, and only then */
  async function info({ withCredentials = true, lang }: GetUserInfoOptions, mayAsk: boolean): Promise<WxProfile> {
    const referrer = mayAsk ? 'button.getUserInfo' : 'getUserInfo'
    await privacy.pass({ kind: 'userInfo', referrer, coupled: false })
    const question = ask('info', lang)
    const { scopes, publishedAt } = await askCloud(cloud.consents(use))
    if (scopes['scope.userInfo'] !== true) {
      if (isAnonymous(publishedAt, question)) await askCloud(cloud.setScopes(use, { 'scope.userInfo': true }))
      else if (mayAsk) await askForScope(world, 'scope.userInfo')
      else throw new WxFail('scope unauthorized')
    }
    const payload = await askCloud(cloud.userInfo(use, question))
    const { encryptedData, iv, ...shown } = payload
    return withCredentials ? payload : shown
  }

  return {
    byButton: options => info(options, true),
    apis: {
      getUserInfo: asyncApi('getUserInfo', tools, options => info(options, false)),
      getUserProfile: asyncApi('getUserProfile', tools, async ({ desc }) => {
        gesture.require()
        if (checkText(desc, 'desc').length > DESC_LIMIT || desc === '')
          throw new WxFail('desc length does not meet the requirements')
        await privacy.pass({ kind: 'userInfo', referrer: 'getUserProfile', coupled: false })
        const question = ask('profile', undefined)
        const { publishedAt } = await askCloud(cloud.consents(use))
        if (!isAnonymous(publishedAt, question)) {
          const { decision } = await person.ask({ kind: 'profile', appName, desc })
          if (decision !== 'allow') throw new WxFail(decision === 'deny' ? 'auth deny' : 'auth cancel')
        }
        return askCloud(cloud.userInfo(use, question))
      }),
    },
  }
}
