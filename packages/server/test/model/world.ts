import { routes } from '@weapp-auth/protocol/contract'
import { pushSignature } from '@weapp-auth/protocol/wechat'
import type { Store } from '../../src/index.ts'
import { appId, openServer, otherAppId } from '../open-server.ts'
import type { Model } from './model.ts'

/** A store that lives on when its process dies. */
export interface Survivor {
  open(): Store
  /** The store as the next process finds it. */
  reopen(): Promise<Store>
  close(): Promise<void>
}

const push = { token: 'AAAAA', delayMs: 60_000 }

/** The server of one life, and what can be done to it from outside. */
export function createWorld(conflict: Model['conflict'], survivor: Survivor) {
  const options = {
    openData: 'enforce',
    phoneConflict: conflict,
    policy: { push },
    limits: { perIp: 'off', perUser: 'off', perApp: 'off' },
  } as const
  let server = openServer({ ...options, store: survivor.open() })
  let count = 0
  /** Everything that was told, by every process. */
  const told = [server.events]

  return {
    get server() {
      return server
    },
    told: () => told.flat(),
    pass(ms: number): number {
      server.pass(ms)
      return server.time.now
    },
    /** The process dies between two requests; what it acknowledged is there when the next one starts. */
    async crash(): Promise<void> {
      const { keys, wechat, time } = server
      const store = await survivor.reopen()
      server = openServer({ ...options, store, beside: { store, keys, wechat, time } })
      told.push(server.events)
    },
    /** WeChat tells that the user of this openid took something back. */
    push(event: { readonly appId: string; readonly openId: string; readonly fields: object }) {
      count += 1
      const timestamp = String(Math.floor(server.time.now / 1000))
      const stamp = { timestamp, nonce: `nonce${count}` }
      const query = new URLSearchParams({ ...stamp, signature: pushSignature({ token: push.token, ...stamp }) })
      const base = { MsgType: 'event', CreateTime: Number(timestamp), AppID: event.appId, OpenID: event.openId }
      const body = JSON.stringify({ ...base, ...event.fields })
      const path = `${routes.wechatPush.replace('{appId}', event.appId)}?${query}`
      return () => server.send(path, { method: 'POST', body })
    },
    close: () => survivor.close(),
  }
}

export type World = ReturnType<typeof createWorld>

export const people = ['xiaoming', 'xiaohong', 'lin'].flatMap(name =>
  [appId, otherAppId].map(app => ({ appId: app, openId: `openid-of-${name}`, who: `${app} ${name}` })),
)
export const numbers = ['+8613800138000', '+8613900139000', '+8613700137000']
