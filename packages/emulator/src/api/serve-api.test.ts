import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../../test/world.ts'
import { endpoints } from './endpoints.ts'

interface Documented {
  readonly path: string
  readonly method: string
  readonly permission_set?: number
  readonly content_type_observed?: string
}

const { endpoints: documented } = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/endpoints.json', import.meta.url), 'utf8'),
) as { readonly endpoints: readonly Documented[] }

describe('the table of endpoints', () => {
  test.each(documented)('$path is as the reference says', ({ path, method, permission_set, content_type_observed }) => {
    const endpoint = endpoints.find(one => one.path === path)
    expect(endpoint).toMatchObject({ method })
    if (permission_set !== undefined) expect(endpoint?.permissionSet).toBe(permission_set)
    if (content_type_observed) expect(endpoint?.contentType.split(';')[0]).toBe(content_type_observed)
  })

  test('has nothing beside the reference', () => {
    expect(endpoints.map(({ path }) => path).sort()).toEqual(documented.map(({ path }) => path).sort())
  })
})

describe('a call that no endpoint takes', () => {
  test.each(endpoints)('$method $path refuses other methods, without an effect', async ({ path, method, postToo }) => {
    const { ask, send, noted } = createWorld()
    const other = method === 'GET' ? 'POST' : 'GET'
    const errcode = method === 'GET' ? 43001 : 43002
    if (!postToo) expect(await ask(path, { method: other })).toMatchObject({ errcode })
    expect(await ask(path, { method: 'PUT', body: '{}' })).toMatchObject({ errcode })
    const head = await send(path, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(noted(`PUT ${path}`)?.text.en).toBe(`this API wants ${method}`)
  })

  test.each(['/', '/cgi-bin', '/cgi-bin/token/', '/CGI-BIN/TOKEN', '/wxa/msg_sec_check', '/sns/jscode2session/x'])(
    '%s is a wrong URL, and the journal names every endpoint there is',
    async path => {
      const { ask, noted } = createWorld()
      expect(await ask(path)).toMatchObject({ errcode: 40066 })
      const { text } = noted(`GET ${path}`) ?? {}
      for (const endpoint of endpoints)
        for (const words of [text?.zh, text?.en]) expect(words).toContain(`${endpoint.method} ${endpoint.path}`)
    },
  )
})
