import type { OperatorAlarm, Sentence } from '@weapp-auth/protocol/contract'

interface ToldAlarm {
  readonly what: Sentence
  readonly cause: Sentence
  readonly cure: Sentence
}

/** Puts an alarm into words: what it is, why, and what to do. */
export function tellAlarm(alarm: OperatorAlarm): ToldAlarm {
  switch (alarm.kind) {
    case 'token-lost':
      return {
        what: {
          zh: `${alarm.appId} 的 access_token 在 24 小时内被别人刷新了 ${alarm.count} 次`,
          en: `Somebody else renewed the access_token of ${alarm.appId} ${alarm.count} times within 24 hours`,
        },
        cause: {
          zh: '另一个程序用同一个 AppSecret 强制刷新令牌（stable_token 带 force_refresh），或 AppSecret 被重置过；cgi-bin/token 与 stable_token 在文档里互不影响。',
          en: 'Another program with the same AppSecret renews by force (stable_token with force_refresh), or the AppSecret was reset. By the documentation cgi-bin/token does not disturb stable_token.',
        },
        cure: {
          zh: '让那个程序改用 stable_token 的普通模式，或向本服务要令牌（GET /v1/wechat/access-token）。找不到它时，重置 AppSecret：还会失败的程序就是它。',
          en: 'Let it use stable_token in normal mode, or ask this server for the token (GET /v1/wechat/access-token). When nobody knows it, reset the AppSecret: what fails then is it.',
        },
      }
    case 'budget':
      return {
        what: {
          zh: `${alarm.appId} 今天的付费手机号已用 ${alarm.used} / ${alarm.budget} 次`,
          en: `${alarm.used} of today's ${alarm.budget} paid numbers of ${alarm.appId} are used`,
        },
        cause: {
          zh: '用完以后，新用户今天拿不到手机号。突然增多时，可能有人在刷。',
          en: 'When they are used up, no number can be had today. A sudden rise may be somebody who drains them.',
        },
        cure: {
          zh: '看下面的漏斗：正常增长就提高 phoneBudget（运行中即可），否则先查清来源。北京时间零点重新开始。',
          en: 'Look at the funnel: if it is growth, raise phoneBudget (no restart needed), else find out who it is. It begins anew at midnight in Beijing.',
        },
      }
    case 'wechat-away':
      return {
        what: {
          zh: `微信对 ${alarm.appId} 没有应答`,
          en: `WeChat does not answer for ${alarm.appId}`,
        },
        cause: {
          zh: '连续五次超时、连不上或 5xx；五秒内不再请求，之后放行一次试探。已登录的用户不受影响。',
          en: 'Five time-outs, lost connections or 5xx in a row; it is asked again after five seconds. People who are logged in notice nothing.',
        },
        cure: {
          zh: '检查本机到 api.weixin.qq.com 的网络、DNS 与代理；网络正常时等微信恢复。',
          en: 'Check network, DNS and proxy to api.weixin.qq.com; when they are fine, wait for WeChat.',
        },
      }
    case 'clock-skew': {
      const minutes = Math.round(Math.abs(alarm.aheadMs) / 60_000)
      return {
        what: {
          zh: `服务器的时钟${alarm.aheadMs > 0 ? '快' : '慢'}了约 ${minutes} 分钟`,
          en: `The clock of the server is about ${minutes} minutes ${alarm.aheadMs > 0 ? 'ahead' : 'behind'}`,
        },
        cause: {
          zh: '微信给出的时间与本机相差太大；密文与推送会因此被拒绝。',
          en: 'WeChat told a time that is too far from ours; ciphertexts and pushed messages are refused for it.',
        },
        cure: { zh: '在这台机器上启用 NTP 校时。', en: 'Let NTP set the clock of this machine.' },
      }
    }
  }
}
