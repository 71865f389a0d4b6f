import { openRedis } from '../open-redis.ts'
import type { CheckResult } from './check-result.ts'

/** Whether Redis answers; the URL holds a password and is not told. */
export async function checkRedis(url: string | null): Promise<readonly CheckResult[]> {
  if (url === null)
    return [
      {
        check: 'redis',
        status: 'skip',
        found: {
          zh: '没有设置 REDIS_URL；只有一个实例时不需要。',
          en: 'REDIS_URL is not set; a single instance needs none.',
        },
      },
    ]
  const { host } = new URL(url)
  let reason = 'failed'
  const { isThere, close } = await openRedis(url, event => {
    if (event.type === 'redis-away') reason = event.reason
  })
  close()
  if (isThere)
    return [{ check: 'redis', status: 'ok', about: host, found: { zh: '可以使用。', en: 'It can be used.' } }]
  return [
    {
      check: 'redis',
      status: 'fail',
      about: host,
      found: {
        zh: `无法使用（${reason}）：各实例只能各自限流，已退出的会话要等令牌过期。`,
        en: `It cannot be used (${reason}): each instance limits on its own, and ended sessions last until their tokens expire.`,
      },
      fix: fixes[reason] ?? {
        zh: '检查 REDIS_URL 的主机与端口、防火墙，以及 Redis 是否在运行。',
        en: 'Check host and port of REDIS_URL, the firewall, and whether Redis runs.',
      },
    },
  ]
}

const password = {
  zh: '检查 REDIS_URL 中的用户名与密码。',
  en: 'Check user and password of REDIS_URL.',
}

const fixes: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  NOAUTH: password,
  WRONGPASS: password,
  NOPERM: {
    zh: '允许该 Redis 用户使用 EVALSHA、GET、SET 等命令。',
    en: 'Allow this user of Redis EVALSHA, GET, SET and the like.',
  },
  ENOTFOUND: { zh: '检查 REDIS_URL 的主机名。', en: 'Check the host name of REDIS_URL.' },
}
