import type { WechatCloud, WechatUse } from '../types.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { ERRNO, WxFail } from './fail.ts'
import type { HostTimers } from './host-timers.ts'

export interface LoginApis {
  login: AsyncApi<{ readonly timeout?: number }, { readonly code: string }>
  checkSession: AsyncApi<object, object>
}

interface LoginTools {
  readonly use: WechatUse
  readonly cloud: WechatCloud
  readonly timers: HostTimers
  readonly tools: AsyncApiTools
}

export function loginApis({ use, cloud, timers, tools }: LoginTools): LoginApis {
  return {
    login: asyncApi('login', tools, async ({ timeout }) => {
      const { code } = await within(timeout, timers, askCloud(cloud.login(use)))
      return { code }
    }),
    checkSession: asyncApi('checkSession', tools, async () => {
      const { valid } = await askCloud(cloud.checkSession(use))
      if (!valid) throw new WxFail('系统错误，错误码：-13001,session time out, need relogin')
      return {}
    }),
  }
}

/** WeChat's servers cannot be reached: errno 108, unless the error knows better. */
export function askCloud<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    const { wxErrno = ERRNO.cloudUnreachable } = error as { readonly wxErrno?: number }
    throw new WxFail(error instanceof Error ? error.message : String(error), wxErrno)
  })
}

function within<T>(ms: number | undefined, timers: HostTimers, done: Promise<T>): Promise<T> {
  if (ms === undefined) return done
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => reject(new WxFail('timeout', ERRNO.timeout)))
    done.then(resolve, reject).finally(cancel)
  })
}
