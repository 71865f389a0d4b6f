import { createHmac } from 'node:crypto'
import {
  adminRoutes,
  type BulkExportAnswer,
  consoleHeader,
  type ExportKind,
  type InvitationAnswer,
  type InvitationLinkAnswer,
  type OperatorRole,
  routes,
} from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { openTarget } from './open-target.ts'

/*
 * A28: a table of phone numbers is what a thief of the whole user base wants, and a nickname in it is where a user
 * reaches the spreadsheet of an operator. Both over HTTP, against the real server.
 */

const origin = 'https://auth.example.com'
const command = `=cmd|' /C calc'!A0`
const people = [
  { id: 'lin', name: 'Lin', phones: [{ number: '13800138000' }] },
  { id: 'mo', name: 'Mo', phones: [{ number: '13900139000' }] },
]
const program = { name: 'crm', token: 'only-for-this-test-0123456789abcdef', role: 'admin' } as const
const why = { reason: 'ticket 4711' }
const minute = 60_000
const at = (path: string, id: string) => path.replace('{id}', id)

/** What an authenticator app shows (RFC 6238). */
function codeOf(secret: string, now: number): string {
  const bits = [...secret].map(letter =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const hash = createHmac('sha1', key).update(counter).digest()
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** Two admins, a program, and two users whose numbers and names are formulas. */
async function openScene() {
  const target = await openTarget({ people, server: { console: { origin }, operators: [program] } })
  for (const { id } of people) {
    const { tokens } = await target.logIn(id)
    await target.post(routes.phone, { code: (await target.tap(id)).code, nonce: target.nonce() }, tokens.accessToken)
    await target.post(routes.profile, { nickname: command }, tokens.accessToken)
  }

  /** A person at a browser, who joins by the link. */
  async function join(link: string, name: string) {
    let cookie = ''
    async function post<T>(path: string, body: object) {
      const headers = { 'content-type': 'application/json', origin, [consoleHeader]: '1', cookie }
      const response = await fetch(`${target.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
      const text = Buffer.from(await response.arrayBuffer()).toString()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, text, body: (isJson ? JSON.parse(text) : {}) as T & { readonly code?: string } }
    }
    const invitation = { invitation: link.split('#invitation=')[1] ?? '', name }
    const { body } = await post<InvitationAnswer>(adminRoutes.invitation, invitation)
    if (!body.ways) throw new Error('no way to join')
    const { key, secret, setup } = body.ways.authenticator
    const code = () => codeOf(secret, target.clock.now())
    const joined = await post(adminRoutes.invitationAuthenticator, { ...invitation, setup, key, code: code() })
    expect(joined.status).toBe(200)
    return {
      post,
      prove: () => post(adminRoutes.proofAuthenticator, { key, code: code() }),
      ask: async (kind: ExportKind = 'users') => {
        const numbers = kind === 'users' ? { numbers: 'full' } : {}
        return (await post<BulkExportAnswer>(adminRoutes.exports, { kind, ...numbers, ...why })).body.export
      },
      approve: (id: string) => post(at(adminRoutes.exportApprove, id), {}),
      download: (id: string) => post(at(adminRoutes.exportDownload, id), {}),
    }
  }

  const chen = await join((await target.server.inviteFirstOperator())?.link ?? '', 'chen')
  const invite = async (name: string, role: OperatorRole) =>
    join((await chen.post<InvitationLinkAnswer>(adminRoutes.operators, { name, role })).body.link, name)
  const wang = await invite('wang', 'admin')
  target.clock.advance(minute)
  return { target, chen, wang, invite }
}

/** Cells as a spreadsheet has them. */
function cellsOf(file: string): readonly string[] {
  return [...file.slice(1).matchAll(/"((?:[^"]|"")*)"(?:,|\r\n)/g)].map(([, cell = '']) => cell.replaceAll('""', '"'))
}

describe('a table of users', () => {
  test('holds no cell that a spreadsheet would run, be it a number or the name that a user chose', async () => {
    const { chen, wang } = await openScene()
    const { id } = await chen.ask()
    expect((await wang.approve(id)).status).toBe(200)
    const { text } = await chen.download(id)
    expect(text.startsWith('\uFEFF')).toBe(true)
    const cells = cellsOf(text)
    expect(cells).toEqual(expect.arrayContaining([`'+8613800138000`, `'+8613900139000`, `'${command}`]))
    expect(cells).toHaveLength(21)
    expect(cells.filter(cell => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([])
  })

  test('with full numbers never leaves by the hand of one person, nor of one with a second account', async () => {
    const { chen, wang, invite } = await openScene()
    const { id, status } = await chen.ask()
    expect(status).toBe('waiting')
    expect(await chen.download(id)).toMatchObject({ status: 409, body: { code: 'export_closed' } })
    expect(await chen.approve(id)).toMatchObject({ status: 403, body: { code: 'export_second_person' } })
    const again = await invite('chen-too', 'admin')
    expect(await again.approve(id)).toMatchObject({ status: 403, body: { code: 'export_second_person' } })
    // Who approved it does not get it either.
    expect((await wang.approve(id)).status).toBe(200)
    expect(await wang.download(id)).toMatchObject({ status: 403, body: { code: 'export_second_person' } })
    expect((await chen.download(id)).status).toBe(200)
  })

  test('with full numbers is approved by no program, and by nobody whose proof is older than five minutes', async () => {
    const { target, chen, wang } = await openScene()
    const asked = { kind: 'users', numbers: 'full', ...why }
    const { body } = await target.post<BulkExportAnswer>(adminRoutes.exports, asked, program.token)
    const { id } = body.export
    const byProgram = await target.post(at(adminRoutes.exportApprove, id), {}, program.token)
    expect(byProgram).toMatchObject({ status: 403, body: { code: 'console_only' } })
    target.clock.advance(5 * minute)
    expect(await wang.approve(id)).toMatchObject({ status: 403, body: { code: 'proof_needed' } })
    expect(await chen.post(adminRoutes.exports, asked)).toMatchObject({ status: 403, body: { code: 'proof_needed' } })
    await wang.prove()
    expect((await wang.approve(id)).status).toBe(200)
    const file = await target.post(at(adminRoutes.exportDownload, id), {}, program.token)
    expect(file.status).toBe(200)
  })

  test('leaves a line in the audit log for every step, and the chain holds', async () => {
    const { target, chen, wang } = await openScene()
    const { id } = await chen.ask()
    await wang.approve(id)
    await chen.download(id)
    await chen.download((await chen.ask('audit')).id)
    const lines = (await target.store.auditAfter(0, 100)).filter(({ act }) => act.startsWith('export-'))
    expect(lines.map(({ act, details }) => [act, JSON.parse(details).by])).toEqual([
      ['export-asked', 'chen'],
      ['export-approved', 'wang'],
      ['export-downloaded', 'chen'],
      ['export-sent', 'chen'],
      ['export-asked', 'chen'],
      ['export-downloaded', 'chen'],
      ['export-sent', 'chen'],
    ])
    const verified = await target.get(adminRoutes.auditVerification, program.token)
    expect(verified.body).toMatchObject({ status: 'intact' })
    expect(lines.map(({ details }) => details).join()).not.toMatch(/138\d{8}|139\d{8}|cmd/)
  })
})
