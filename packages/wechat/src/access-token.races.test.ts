import { expect, test } from 'vitest'
import { appId, phoneInfo, refuse, stubWechat, withTokens } from '../test/stub-wechat.ts'
import { createMemoryTokenStore, type TokenStore } from './index.ts'

const rounds = process.env.WEAPP_AUTH_LONG ? 50 : 2
const patience = { timeout: 600_000 }
const stableToken = '/cgi-bin/stable_token'
const phone = { appId, code: 'phonecode', openId: 'openid-1' }
const thousand = Array.from({ length: 1000 })

/** As a database is: every answer takes a turn. */
function slowStore(): TokenStore {
  const store = createMemoryTokenStore()
  const later = <T>(run: () => Promise<T>): Promise<T> => new Promise(resolve => setImmediate(resolve)).then(run)
  return {
    read: id => later(() => store.read(id)),
    write: (id, token) => later(() => store.write(id, token)),
    lease: (...lease) => later(() => store.lease(...lease)),
  }
}

test(
  'a thousand callers on a cold start, whose token is refused with 40001, make one question and one refresh',
  patience,
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const answer = withTokens(({ query }) => (query.access_token === 'token-2' ? phoneInfo : refuse(40001)))
      const { wechat, time, to } = stubWechat(answer)
      const outcomes = await time.finish(Promise.all(thousand.map(() => wechat.phoneByCode(phone))))
      expect(outcomes.filter(({ status }) => status === 'ok')).toHaveLength(1000)
      expect(to(stableToken)).toHaveLength(2)
    }
  },
)

test(
  'two processes with one store ask no more between them, cold and when the token is refused',
  patience,
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const tokens = slowStore()
      // Both processes ask one WeChat: its tokens count on, whoever asks.
      const answer = withTokens(({ query }) => (query.access_token === 'token-2' ? phoneInfo : refuse(40001)))
      const one = stubWechat(answer, { tokens })
      const two = stubWechat(answer, { tokens, clock: one.time.clock, timer: one.time.timer })
      const asked = [one, two].flatMap(({ wechat }) => thousand.slice(500).map(() => wechat.phoneByCode(phone)))
      const outcomes = await one.time.finish(Promise.all(asked))
      expect(outcomes.filter(({ status }) => status === 'ok')).toHaveLength(1000)
      expect(one.to(stableToken).length + two.to(stableToken).length).toBe(2)
    }
  },
)
