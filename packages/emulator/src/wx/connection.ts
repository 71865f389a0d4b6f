import type { WechatCloud } from '../types.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'

/** What `wx.getNetworkType` says; `none` is offline. */
export type NetworkType = 'wifi' | '5g' | '4g' | '3g' | '2g' | 'unknown' | 'none'

interface NetworkStatus {
  readonly isConnected: boolean
  readonly networkType: NetworkType
}

type Listener = (status: NetworkStatus) => void

export interface ConnectionApis {
  getNetworkType: AsyncApi<object, { readonly networkType: NetworkType; readonly hasSystemProxy: boolean }>
  onNetworkStatusChange(listener: Listener): void
  /** Without a listener: all of them. */
  offNetworkStatusChange(listener?: Listener): void
}

/** How the phone is connected. */
export interface Connection {
  readonly online: boolean
  readonly apis: ConnectionApis
  set(type: NetworkType): void
}

export function createConnection(tools: AsyncApiTools): Connection {
  const listeners = new Set<Listener>()
  let networkType: NetworkType = 'wifi'
  const online = () => networkType !== 'none'
  return {
    get online() {
      return online()
    },
    set(type) {
      if (type === networkType) return
      networkType = type
      const status = { isConnected: online(), networkType }
      for (const listener of listeners) tools.deliver(() => listener(status))
    },
    apis: {
      getNetworkType: asyncApi('getNetworkType', tools, async () => ({ networkType, hasSystemProxy: false })),
      onNetworkStatusChange: listener => void listeners.add(listener),
      offNetworkStatusChange: listener => void (listener ? listeners.delete(listener) : listeners.clear()),
    },
  }
}

/** WeChat's servers as a phone reaches them that may be offline. Notes are ours, so they always arrive. */
export function cloudOver(connection: Pick<Connection, 'online'>, cloud: WechatCloud): WechatCloud {
  const reach = <T>(call: () => Promise<T>): Promise<T> =>
    connection.online ? call() : Promise.reject(new Error('network is disconnected'))
  return {
    login: use => reach(() => cloud.login(use)),
    checkSession: use => reach(() => cloud.checkSession(use)),
    openPhoneSheet: (use, component) => reach(() => cloud.openPhoneSheet(use, component)),
    closePhoneSheet: (use, decision, openedAt) => reach(() => cloud.closePhoneSheet(use, decision, openedAt)),
    consents: use => reach(() => cloud.consents(use)),
    setScopes: (use, scopes) => reach(() => cloud.setScopes(use, scopes)),
    agreePrivacy: use => reach(() => cloud.agreePrivacy(use)),
    userInfo: (use, question) => reach(() => cloud.userInfo(use, question)),
    latestUserKey: use => reach(() => cloud.latestUserKey(use)),
    remove: (use, how) => cloud.remove(use, how),
    note: (use, entry) => cloud.note(use, entry),
  }
}
