import type { ApiUsage } from '../platform/api-quotas.ts'
import type { EndpointName } from '../platform/endpoint-paths.ts'
import type { Payment } from '../platform/payments.ts'
import type { Platform } from '../platform/platform.ts'
import {
  readApi,
  readBilling,
  readComponent,
  readConditions,
  readOrder,
  readPermissionSets,
  readUsage,
} from '../platform/read-account.ts'
import { readAppId } from '../platform/read-options.ts'
import { USER_KEY_LIFE_MS } from '../platform/user-keys.ts'
import type { ComponentSender } from '../push/component-sender.ts'
import type { PushReport } from '../push/deliver-push.ts'
import type {
  AccountConditions,
  Bill,
  BillingChange,
  EmulatedComponent,
  JournalEntry,
  LatestUserKey,
  Sentence,
  WechatUse,
} from '../types.ts'

/** What one can do to the account of an app: its standing, quotas and bill, and who acts or pays in it. */
export interface AccountControl {
  readonly accounts: {
    conditions(appId: string): Required<AccountConditions>
    /** Changes what is named; the rest stays as it is. */
    change(appId: string, conditions: AccountConditions): void
  }
  readonly quotas: {
    usage(appId: string, api: EndpointName): ApiUsage
    /** Changes the limits of an API (`Infinity`: none), or how much of today is used. */
    set(appId: string, api: EndpointName, change: Partial<ApiUsage>): void
  }
  readonly components: {
    all(): readonly EmulatedComponent[]
    /** Adds the third-party platform, or changes the one with its id. */
    put(component: EmulatedComponent): void
    /**
     * Pushes a new component_verify_ticket now; every ten minutes one comes by itself. `null` here and below: the platform
     * has no URL for it.
     */
    pushTicket(componentAppId: string): Promise<PushReport | null>
    /**
     * The app lets the platform act for it, at once; resolves when the platform was told (`authorized`, or
     * `updateauthorized` when it could before). `permissionSets` default: 18, which login and user data need.
     */
    authorize(componentAppId: string, appId: string, permissionSets?: readonly number[]): Promise<PushReport | null>
    /** The app takes its authorization back, at once; resolves when the platform was told (`unauthorized`). */
    revoke(componentAppId: string, appId: string): Promise<PushReport | null>
    /** A new component_access_token. */
    token(componentAppId: string): string
    /** A new authorizer_access_token of the app. The app must have authorised the platform when it is used. */
    authorizerToken(componentAppId: string, appId: string): string
  }
  /** The person pays in the app now: for five minutes getPaidUnionid knows them. What is not named is made up. */
  pay(personId: string, appId: string, order?: Partial<Payment>): Payment
  /** A code as `wx.pluginLogin` of the plug-in gives it inside the app. */
  pluginCode(personId: string, appId: string, pluginAppId: string): string
  /** What `getUserCryptoManager().getLatestUserKey` answers on the person's phone; makes a key when none is alive. */
  latestUserKey(personId: string, appId: string): LatestUserKey
  /** What the app owes for phone numbers. */
  bill(appId: string): Bill
  /** Changes what is named, such as `{ quick: { trialLeft: 0 } }`: the next tap fails with errno 1400001. */
  changeBilling(appId: string, change: BillingChange): void
}

interface AccountControlTools {
  readonly platform: Platform
  readonly componentSender: ComponentSender
  readonly did: (
    what: string,
    text: Sentence,
    about: { appId?: string; personId?: string; facts?: JournalEntry['facts'] },
  ) => void
  readonly useOf: (personId: string, appId: string) => WechatUse
}

export function createAccountControl({ platform, componentSender, did, useOf }: AccountControlTools): AccountControl {
  const appIdOf = (appId: string) => platform.state.directory.app(appId).appId
  const componentIdOf = (componentAppId: string) => platform.state.components.component(componentAppId).appId

  return {
    accounts: {
      conditions: appId => platform.state.accounts.conditions(appIdOf(appId)),
      change(appId, given) {
        const conditions = readConditions(given)
        platform.state.accounts.change(appIdOf(appId), conditions)
        const named = Object.keys(conditions).join(', ')
        did('account-changed', { zh: `账号状态变了：${named}`, en: `the account changed: ${named}` }, { appId })
      },
    },
    quotas: {
      usage: (appId, api) => platform.state.quotas.usage(appIdOf(appId), readApi(api, 'api')),
      set(appId, api, change) {
        platform.state.quotas.set(appIdOf(appId), readApi(api, 'api'), readUsage(change))
        did('quota-set', { zh: `${api} 的额度变了`, en: `the quota of ${api} changed` }, { appId, facts: { api } })
      },
    },
    components: {
      all: () => platform.state.components.all(),
      put(given) {
        const component = readComponent(given)
        platform.state.components.put(component)
        componentSender.schedule(component.appId)
        const { appId, name } = component
        did(
          'component-put',
          { zh: `第三方平台 ${name} 已登记`, en: `the third-party platform ${name} is known` },
          { appId },
        )
      },
      pushTicket: componentAppId => componentSender.ticket(componentIdOf(componentAppId)),
      authorize(componentAppId, appId, permissionSets = [18]) {
        const sets = readPermissionSets(permissionSets)
        const { components } = platform.state
        const isUpdate = components.permissionSets(componentIdOf(componentAppId), appIdOf(appId)) !== null
        const code = components.authorize(componentAppId, appId, sets)
        const text = { zh: '小程序授权给第三方平台', en: 'the app authorised a third-party platform' }
        did('component-authorized', text, { appId, facts: { componentAppId, permissionSets: sets.join(',') } })
        return componentSender.authorized(componentAppId, { appId, code, isUpdate })
      },
      revoke(componentAppId, appId) {
        platform.state.components.revoke(componentIdOf(componentAppId), appIdOf(appId))
        const text = { zh: '小程序取消了授权', en: 'the app took its authorisation back' }
        did('component-revoked', text, { appId, facts: { componentAppId } })
        return componentSender.unauthorized(componentAppId, appId)
      },
      token: componentAppId => platform.state.tokens.component(componentIdOf(componentAppId)).token,
      authorizerToken: (componentAppId, appId) =>
        platform.state.tokens.authorizer(componentIdOf(componentAppId), appIdOf(appId)).token,
    },
    pay(personId, appId, order = {}) {
      const use = useOf(personId, appId)
      // From now on the app has seen this openid.
      platform.state.directory.openId(use)
      const payment = platform.state.payments.pay(use, readOrder(order))
      did('paid', { zh: '用户付款', en: 'the person paid' }, use)
      return payment
    },
    pluginCode(personId, appId, pluginAppId) {
      const use = useOf(personId, appId)
      const { code } = platform.state.codes.issuePlugin(use, readAppId(pluginAppId, 'pluginAppId'))
      const facts = { pluginAppId, code: code.slice(0, 6) }
      did(
        'plugin-code-issued',
        { zh: 'wx.pluginLogin 得到插件凭证', en: 'wx.pluginLogin got a code' },
        { ...use, facts },
      )
      return code
    },
    latestUserKey(personId, appId) {
      const use = useOf(personId, appId)
      const { key, iv, version, madeAt } = platform.state.userKeys.latest(use)
      const text = { zh: `手机端取到加密 key 第 ${version} 版`, en: `the phone got user key version ${version}` }
      did('user-key-given', text, { ...use, facts: { version } })
      const expireTime = Math.floor((madeAt + USER_KEY_LIFE_MS - platform.clock.now()) / 1000)
      return { encryptKey: key, iv, version, expireTime }
    },
    bill: appId => platform.state.billing.bill(appIdOf(appId)),
    changeBilling(appId, change) {
      platform.state.billing.change(appIdOf(appId), readBilling(change))
      did('billing-changed', { zh: '手机号组件的额度变了', en: 'the calls of the phone components changed' }, { appId })
    },
  }
}
