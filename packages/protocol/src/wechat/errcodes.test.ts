import { expect, test } from 'vitest'
import endpoints from '../../vectors/endpoints.json' with { type: 'json' }
import { type ErrcodeRow, errcodes } from './errcodes.ts'
import { errmsgs } from './errmsgs.ts'
import { errnos } from './errnos.ts'
import { explainErrcode } from './explain-errcode.ts'
import { revokeInfo } from './revoke-info.ts'

const rows: Readonly<Record<string, ErrcodeRow>> = errcodes

test('every errcode of the documentation is in the table, with the words of WeChat', () => {
  const documented = Object.entries(endpoints.errcodes)
  expect(documented.length).toBeGreaterThanOrEqual(58)
  for (const [code, [errmsg]] of documented) expect(rows[code]?.errmsg, `errcode ${code}`).toBe(errmsg)
})

test('every errcode that a documented call can answer is in the table', () => {
  for (const endpoint of endpoints.endpoints) {
    const observed = 'errors_observed' in endpoint ? endpoint.errors_observed : []
    for (const code of [...endpoint.errors, ...(observed ?? [])]) {
      if (code !== 0) expect(Object.keys(rows), `${endpoint.name} ${code}`).toContain(String(code))
    }
  }
})

test.each(Object.entries(rows))('errcode %s is explained in whole sentences in both languages', (_, row) => {
  for (const { zh, en } of [row.meaning, row.fix]) {
    expect(zh).toMatch(/[\u4e00-\u9fff].*。$/)
    expect(en).toMatch(/^[A-Z][^\u4e00-\u9fff]*\.$/)
  }
})

test('the action fits whoever can mend it', () => {
  for (const { action, who } of Object.values(rows)) {
    if (action === 'fix-settings' || action === 'renew-token') expect(who).toBe('operator')
    if (action === 'fix-request') expect(who).toBe('developer')
    if (action === 'refuse' || action === 'log-in-again' || action === 'tap-again') expect(who).toBe('user')
  }
  expect([40001, 40014, 42001].map(code => rows[code]?.action)).toEqual(['renew-token', 'renew-token', 'renew-token'])
})

test('an errcode is explained in the language asked for, an unknown one too', () => {
  expect(explainErrcode(40125, 'en')).toEqual({
    errcode: 40125,
    meaning: 'The AppSecret is wrong; perhaps it was reset.',
    fix: 'Check the AppSecret in the WeChat console and update the server.',
    who: 'operator',
    action: 'fix-settings',
  })
  expect(explainErrcode(40125, 'zh').meaning).toBe('AppSecret 错误，可能已被重置。')
  expect(explainErrcode(999_999, 'zh')).toMatchObject({ errcode: 999_999, meaning: '未收录的错误码。' })
  expect(explainErrcode(-1, 'en').action).toBe('retry')
})

test('every errno of the documentation is in the table, explained in both languages', () => {
  expect(Object.keys(errnos).sort()).toEqual(Object.keys(endpoints.errno).sort())
  for (const { zh, en } of Object.values(errnos)) {
    expect(zh).toMatch(/。$/)
    expect(en).toMatch(/\.$/)
  }
  for (const [errno, text] of Object.entries(endpoints.errno)) {
    const row = (errnos as Readonly<Record<string, { text: string }>>)[errno]
    if (errno !== '1400001') expect(text.startsWith(row?.text ?? '?'), errno).toBe(true)
  }
})

test('every kind of data that can be revoked has a name in both languages', () => {
  const zh = Object.fromEntries(Object.entries(revokeInfo).map(([number, row]) => [number, row.zh]))
  expect(zh).toEqual(endpoints.revoke_info)
  const kinds = Object.values(revokeInfo).map(row => row.kind)
  expect(new Set(kinds).size).toBe(kinds.length)
})

test('the known spellings of failures name their reason', () => {
  expect(errmsgs.filter(row => row.reason === 'declined').length).toBeGreaterThan(1)
  expect(errmsgs.every(row => row.errMsg !== null || row.errno !== null)).toBe(true)
})
