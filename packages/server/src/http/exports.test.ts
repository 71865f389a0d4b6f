import {
  type AskBulkExportRequest,
  adminRoutes,
  type BulkExportAnswer,
  type BulkExportsAnswer,
  routes,
} from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { openConsoleServer } from '../../test/open-console.ts'
import {
  type Answer,
  appId,
  expectProblem,
  issuer,
  newNonce,
  operatorToken,
  otherAppId,
  race,
} from '../../test/open-server.ts'
import { StorageFault } from '../ports/store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

interface Poster {
  post<T>(path: string, body: unknown): Promise<Answer<T>>
}

const hour = 3_600_000
const why = { reason: 'ticket 4711' }
const full: AskBulkExportRequest = { kind: 'users', numbers: 'full', ...why }
const at = (path: string, id: string) => path.replace('{id}', id)

/** An admin, somebody of support who asks, and a user whose number and name look like formulas. */
async function openScene(options: Parameters<typeof openConsoleServer>[0] = {}) {
  const server = openConsoleServer(options)
  const chen = await server.first('chen')
  const lin = server.openBrowser()
  await lin.join(await server.invite(chen, 'lin', 'support'))
  server.pass(1000)
  const user = await server.logIn()
  await server.phone({ code: server.wechat.phoneCode(user.person, '+8613800138000'), nonce: newNonce() }, user.token)
  await server.post(routes.profile, { nickname: '=1+1' }, user.token)
  const acts = async () =>
    (await server.store.auditAfter(0, 100))
      .map(({ act, details }) => ({ act, ...JSON.parse(details) }))
      .filter(({ act }) => act.startsWith('export-'))
  const ask = async (body: AskBulkExportRequest = full, who: Poster = lin) =>
    (await who.post<BulkExportAnswer>(adminRoutes.exports, body)).body.export
  const approve = (id: string, who: Poster = chen) => who.post(at(adminRoutes.exportApprove, id), {})
  const download = (id: string, who: Poster = lin) => who.post(at(adminRoutes.exportDownload, id), {})
  return { ...server, chen, lin, user, acts, ask, approve, download }
}

describe('an export of full numbers', () => {
  test('is asked for, approved by another admin, and downloaded by who asked', async () => {
    const { ask, approve, download, chen, acts, user } = await openScene()
    const { id, status, until } = await ask()
    expect([status, until]).toEqual(['waiting', '2027-01-16T08:00:01.000Z'])
    expectProblem(await download(id), 409, 'export_closed')
    expect((await approve(id)).body).toMatchObject({
      export: { status: 'approved', decidedBy: 'chen', downloadsLeft: 3, until: '2027-01-15T09:00:01.000Z' },
    })
    const file = await download(id)
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="users-2027-01-15.csv"')
    expect(file.headers.get('cache-control')).toBe('no-store')
    const time = '2027-01-15T08:00:01.000Z'
    expect(file.text.split('\r\n')).toEqual([
      '"id","created_at","phone","country_code","phone_source","phone_verified_at","nickname"',
      `"${user.user.id}","${time}","'+8613800138000","86","phone-code","${time}","'=1+1"`,
      '',
    ])
    expectProblem(await download(id, chen), 403, 'export_second_person')
    const about = { export: id, kind: 'users', numbers: 'full' }
    expect(await acts()).toEqual([
      { act: 'export-asked', by: 'lin', ...about, from: null, to: null, ...why },
      { act: 'export-approved', by: 'chen', ...about, askedBy: 'lin' },
      { act: 'export-downloaded', by: 'lin', ...about },
      { act: 'export-sent', by: 'lin', ...about, rows: 1, whole: true },
    ])
  })

  test('is never decided by who asked, by a program, or by who has proved nothing lately', async () => {
    const { ask, approve, chen, asOperator, pass } = await openScene()
    const { id } = await ask(full, chen)
    expectProblem(await approve(id), 403, 'export_second_person')
    expectProblem(await chen.post(at(adminRoutes.exportDecline, id)), 403, 'export_second_person')
    const asked = await ask(full, asOperator('support'))
    expect(asked).toMatchObject({ status: 'waiting', askedBy: 'support-lin' })
    expectProblem(await asOperator('admin').post(at(adminRoutes.exportApprove, asked.id), {}), 403, 'console_only')
    pass(5 * 60_000)
    expectProblem(await approve(asked.id), 403, 'proof_needed')
    await chen.prove()
    expect((await approve(asked.id)).status).toBe(200)
  })

  test('is not decided by an account that is younger than the request, nor by support', async () => {
    const { ask, approve, chen, lin, openBrowser, invite } = await openScene()
    const { id } = await ask(full, chen)
    expectProblem(await approve(id, lin), 403, 'operator_forbidden')
    const second = openBrowser()
    await second.join(await invite(chen, 'chen-2', 'admin'))
    expectProblem(await approve(id, second), 403, 'export_second_person')
  })

  test('goes through the hands of one of two who decide at once', async () => {
    const { ask, chen, acts } = await openScene()
    const { id } = await ask()
    const paths = [adminRoutes.exportApprove, adminRoutes.exportDecline, adminRoutes.exportApprove]
    const answers = await race(3, index => chen.post(at(paths[index] ?? '', id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(await acts()).toHaveLength(2)
  })

  test('is over after a day without a word, an hour after the word, and after three downloads', async () => {
    const { ask, approve, download, chen, lin, pass } = await openScene()
    const [late, unused, used] = [await ask(), await ask(), await ask()]
    await approve(unused.id)
    await approve(used.id)
    for (let time = 0; time < 3; time += 1) expect((await download(used.id)).status).toBe(200)
    expectProblem(await download(used.id), 409, 'export_closed')
    const keepOn = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += hour / 4) {
        pass(hour / 4)
        await lin.prove()
        await chen.prove()
      }
    }
    await keepOn(hour)
    expectProblem(await download(unused.id), 409, 'export_closed')
    const states = async () =>
      (await chen.get<BulkExportsAnswer>(adminRoutes.exports)).body.exports.map(({ status }) => status)
    expect(await states()).toEqual(['used', 'expired', 'waiting'])
    pass(23 * hour)
    await chen.signIn()
    expectProblem(await approve(late.id), 409, 'export_closed')
    expect(await states()).toEqual(['used', 'expired', 'expired'])
  })
})

describe('an export without full numbers', () => {
  test('of users is masked and needs nobody else', async () => {
    const { ask, download, logIn, user } = await openScene()
    await logIn('openid-of-xiaohong', { appId: otherAppId })
    const everybody = await ask({ kind: 'users', ...why })
    expect(everybody).toMatchObject({ numbers: 'masked', status: 'approved', decidedBy: null, downloadsLeft: 3 })
    const { text } = await download(everybody.id)
    expect(text).toContain('"138******00"')
    expect(text).toContain(`"'=**"`)
    expect(text).not.toContain('13800138000')
    expect(text.split('\r\n')).toHaveLength(4)
    const [, ...ofApp] = (await download((await ask({ kind: 'users', appId, ...why })).id)).text.split('\r\n')
    expect(ofApp).toEqual([expect.stringContaining(user.user.id), ''])
  })

  test('of the audit log, or of consents, is of one app and one time', async () => {
    const { ask, download, post, user, pass, acts } = await openScene()
    const consent = (version: string) =>
      post(routes.consents, { scope: 'phone', version, nonce: newNonce() }, user.token)
    await consent('v1')
    pass(60_000)
    await consent('v2')
    const rows = async (body: AskBulkExportRequest) =>
      (await download((await ask(body)).id)).text.split('\r\n').slice(1)
    const [v1, v2] = ['2027-01-15T08:00:01Z', '2027-01-15T08:01:01Z']
    expect(await rows({ kind: 'consents', appId, ...why })).toHaveLength(3)
    expect(await rows({ kind: 'consents', appId: otherAppId, ...why })).toEqual([''])
    expect(await rows({ kind: 'consents', to: v2, ...why })).toEqual([expect.stringContaining('"v1"'), ''])
    expect(await rows({ kind: 'consents', from: v2, ...why })).toEqual([expect.stringContaining('"v2"'), ''])
    expect(await rows({ kind: 'users', to: v1, ...why })).toEqual([''])
    const told = await rows({ kind: 'audit', from: v2, ...why })
    expect(told.filter(line => line.includes('"export-sent"'))).toHaveLength(5)
    expect(told.at(-2)).toContain('"export-downloaded"')
    expect((await acts()).at(-1)).toMatchObject({ act: 'export-sent', rows: told.length - 1, whole: true })
  })

  test.each([
    [{ kind: 'phones', ...why }, 'kind'],
    [{ kind: 'audit', numbers: 'full', ...why }, 'numbers'],
    [{ kind: 'users', from: '2026-11-21T00:00:00Z', to: '2026-11-21T00:00:00Z', ...why }, 'from'],
    [{ kind: 'users', to: 'yesterday', ...why }, 'to'],
    [{ kind: 'users', reason: 'x' }, 'reason'],
  ])('%o is refused by the name of its field', async (body, field) => {
    const { body: problem } = await openConsoleServer().asOperator('admin').post(adminRoutes.exports, body)
    expect(problem).toMatchObject({ code: 'request_invalid', field })
  })
})

describe('a download', () => {
  test('begins with the mark that tells Excel of UTF-8, and reads the store a page at a time', async () => {
    const memory = createMemoryStore()
    const asked: number[] = []
    const store = {
      ...memory,
      listUsers: async (before: string | null, limit: number) => {
        asked.push(limit)
        return memory.listUsers(before, limit)
      },
    }
    let turns = 0
    const afterTurn = (run: () => void) => {
      turns += 1
      setImmediate(run)
    }
    const { ask, asOperator, logIn, server } = await openScene({ store, loop: { now: () => 0, afterTurn } })
    for (let one = 0; one < 250; one += 1) await logIn(`openid-${one}`)
    const { id } = await ask({ kind: 'users', ...why }, asOperator('support'))
    const response = await server.fetch(downloadOf(id))
    expect(asked).toEqual([])
    const before = turns
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.subarray(0, 5).toString()).toBe('\uFEFF"i')
    expect(bytes.toString().split('\r\n')).toHaveLength(253)
    expect(asked).toEqual([100, 100, 100])
    // Nobody waits longer than for a page.
    expect(turns - before).toBe(3)
  })

  test('that is given up, or that breaks, stops reading and is written down as cut off', async () => {
    const memory = createMemoryStore()
    let isBroken = false
    const store = {
      ...memory,
      listUsers: async (before: string | null, limit: number) => {
        if (isBroken) throw new StorageFault('failed')
        return memory.listUsers(before, limit)
      },
    }
    const { asOperator, server, logIn, acts, eventsOf } = await openScene({ store })
    for (let one = 0; one < 150; one += 1) await logIn(`openid-${one}`)
    const support = asOperator('support')
    const { id } = (await support.post<BulkExportAnswer>(adminRoutes.exports, { kind: 'users', ...why })).body.export
    const reader = (await server.fetch(downloadOf(id))).body?.getReader()
    for (let chunk = 0; chunk < 3; chunk += 1) await reader?.read()
    await reader?.cancel()
    expect((await acts()).at(-1)).toMatchObject({ act: 'export-sent', whole: false })
    isBroken = true
    await expect((await server.fetch(downloadOf(id))).text()).rejects.toThrow()
    expect((await acts()).at(-1)).toMatchObject({ act: 'export-sent', rows: 0, whole: false })
    expect(eventsOf('fault')).toMatchObject([{ code: 'storage_failed' }])
  })
})

function downloadOf(id: string): Request {
  const authorization = `Bearer ${operatorToken('support')}`
  const headers = { authorization, 'content-type': 'application/json' }
  return new Request(`${issuer}${at(adminRoutes.exportDownload, id)}`, { method: 'POST', headers, body: '{}' })
}
