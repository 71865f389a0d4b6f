import { isIP } from 'node:net'
import { expect, test } from 'vitest'
import { createWorld, TEA } from '../../test/world.ts'

const PUSH = { url: 'https://tea.test/push', token: 'token', encodingAesKey: 'a'.repeat(43) }

test('tells the addresses of push and API, this machine among them', async () => {
  const { ask, stableToken } = createWorld()
  for (const path of ['getcallbackip', 'get_api_domain_ip']) {
    const answer = await ask(`/cgi-bin/${path}?access_token=${await stableToken()}`)
    const list = answer.ip_list as readonly string[]
    expect(list).toContain('127.0.0.1')
    for (const entry of list) expect(isIP(entry.split('/')[0] ?? '')).toBe(4)
    expect(Object.keys(answer)).toEqual(['ip_list'])
  }
})

test('checks the host that push is set to, the same each time', async () => {
  const { post, stableToken, control } = createWorld()
  const check = async (body: object) => post(`/cgi-bin/callback/check?access_token=${await stableToken()}`, body)
  expect(await check({ action: 'all', check_operator: 'DEFAULT' })).toMatchObject({ errcode: 40201 })
  control.push.configure(TEA.appId, PUSH)
  const all = await check({ action: 'all', check_operator: 'CAP' })
  const ip = expect.stringMatching(/^198\.51\.100\.\d+$/)
  expect(all).toEqual({
    dns: [{ ip, real_operator: 'CAP' }],
    ping: [{ ip, from_operator: 'CAP', package_loss: '0%', time: expect.stringMatching(/^\d+\.\d{3}ms$/) }],
  })
  expect(await check({ action: 'all', check_operator: 'CAP' })).toEqual(all)
  expect(Object.keys(await check({ action: 'dns', check_operator: 'DEFAULT' }))).toEqual(['dns'])
  expect(Object.keys(await check({ action: 'ping', check_operator: 'DEFAULT' }))).toEqual(['ping'])
  control.push.configure(TEA.appId, { ...PUSH, url: 'http://localhost:8080/push' })
  expect(await check({ action: 'dns', check_operator: 'DEFAULT' })).toMatchObject({ dns: [{ ip: '127.0.0.1' }] })
})
