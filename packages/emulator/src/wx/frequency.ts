import { ERRNO, WxFail } from './fail.ts'
import type { LifeCycle } from './life-cycle.ts'
import type { Note } from './note.ts'

/** `tell`: the journal says it; `refuse`: the call fails as well, with errno 1003. */
export type FrequencyMode = 'tell' | 'refuse'

/** The rules of 接口调用频率规范. */
export interface Frequency {
  /** A call begins. Answers the failure that it shall have. */
  called(api: string): WxFail | undefined
  pageViewed(): void
}

interface FrequencyTools {
  readonly mode: FrequencyMode
  readonly now: () => number
  readonly life: Pick<LifeCycle, 'onHide'>
  readonly note: Note
}

const COUNTED = new Set(['login', 'checkSession', 'getSetting', 'getUserInfo', 'getUserProfile'])
const PER_SECOND = 4
const CALLS_PER_VIEW = 2

/**
 * Four calls per second and user; on a day not more than two for each page view. The daily sum of all users is WeChat's
 * to know: the journal tells how one launch did, when it goes to the background.
 */
export function createFrequency({ mode, now, life, note }: FrequencyTools): Frequency {
  let recent: readonly number[] = []
  let calls = 0
  let views = 0

  life.onHide(() => {
    if (views > 0 && calls > CALLS_PER_VIEW * views) noteTooMany(note, calls, views)
  })

  return {
    called(api) {
      if (!COUNTED.has(api)) return undefined
      calls += 1
      recent = [...recent, now()].filter(at => now() - at < 1000)
      if (recent.length <= PER_SECOND) return undefined
      noteTooFast(note, api)
      return mode === 'refuse' ? new WxFail('meet server frequency limit', ERRNO.tooOften) : undefined
    },
    pageViewed() {
      views += 1
    },
  }
}

function noteTooFast(note: Note, api: string): void {
  note({
    what: 'called-too-often',
    ok: false,
    text: {
      zh: `一秒内登录与用户信息接口超过 ${PER_SECOND} 次（wx.${api}），微信的频率规范不允许`,
      en: `more than ${PER_SECOND} calls for login or user info within a second (wx.${api}): WeChat’s frequency rules forbid it`,
    },
    facts: { api },
  })
}

function noteTooMany(note: Note, calls: number, views: number): void {
  note({
    what: 'called-more-than-viewed',
    ok: false,
    text: {
      zh: `这次启动调用登录与用户信息接口 ${calls} 次，页面只看了 ${views} 次；一天之内不应超过页面访问量的 ${CALLS_PER_VIEW} 倍`,
      en: `this launch made ${calls} calls for login or user info with ${views} page views; a day should not see more than ${CALLS_PER_VIEW} for each view`,
    },
    facts: { calls, views },
  })
}
