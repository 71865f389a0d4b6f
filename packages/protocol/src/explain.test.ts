import { describe, expect, test } from 'vitest'
import { problemCodes } from './contract/codes.ts'
import { explain } from './explain.ts'
import { errcodes } from './wechat/errcodes.ts'
import { errmsgs } from './wechat/errmsgs.ts'
import { errnos } from './wechat/errnos.ts'
import { failureReasons } from './wechat/failure-reasons.ts'

const subjects = (text: string) => explain(text).map(({ subject }) => subject)

test.each(Object.keys(errcodes))('errcode %s of an answer is explained', errcode => {
  const [one, ...others] = explain(`{"errcode":${errcode},"errmsg":"whatever"}`)
  expect(others).toEqual([])
  const row = (errcodes as Readonly<Record<string, { meaning: unknown; fix: unknown; who: string }>>)[errcode]
  expect(one).toEqual({
    kind: 'errcode',
    subject: `errcode ${errcode}`,
    meaning: row?.meaning,
    fix: row?.fix,
    who: row?.who,
  })
})

test.each(Object.entries(errnos))('errno %s is explained, with a cure', (errno, { zh, en }) => {
  const [one] = explain(`{"errno":${errno}}`)
  expect(one).toMatchObject({ kind: 'errno', subject: `errno ${errno}`, meaning: { zh, en } })
  expect(one?.fix.zh).toMatch(/。$/)
  expect(one?.fix.en).toMatch(/\.$/)
})

test.each(Object.entries(problemCodes))('our code %s is explained, in a problem or alone', (code, row) => {
  const problem = `{"type":"urn:weapp-auth:problem:${code}","status":${row.status},"code":"${code}","requestId":"01"}`
  for (const text of [problem, code]) {
    expect(subjects(text)).toEqual([code])
    expect(explain(text)[0]?.meaning.en.startsWith(row.message.en)).toBe(true)
    expect(explain(text)[0]?.fix).toEqual(row.fix)
  }
})

test('every known spelling of a client failure is told by its reason', () => {
  for (const { api, errMsg, errno, reason } of errmsgs) {
    const detail = { ...(errMsg !== null && { errMsg }), ...(errno !== null && { errno }) }
    const [one] = explain(JSON.stringify({ detail }))
    const name = `${api} ${errMsg} ${errno}`
    if (errMsg === null) expect(one?.kind, name).toBe('errno')
    else expect(one?.subject.startsWith(errMsg.slice(0, 30)), name).toBe(true)
    if (reason !== 'not-permitted' && api !== 'getUserProfile' && errMsg !== null && api !== 'chooseAvatar')
      expect(one?.meaning, name).toEqual(failureReasons[reason].meaning)
  }
})

describe('the same number', () => {
  test('104 is a cancelled dialog, and at the privacy gate a guideline that nobody agreed to', () => {
    const cancelled = explain('errMsg: "getPhoneNumber:fail user cancel", errno: 104')
    expect(cancelled[0]?.meaning).toEqual(failureReasons.cancelled.meaning)
    const gate = explain('{"errMsg":"getPhoneNumber:fail privacy permission is not authorized","errno":104}')
    expect(gate).toHaveLength(1)
    expect(gate[0]).toMatchObject(failureReasons['privacy-not-agreed'])
    // Some phones leave the name of the call out.
    expect(explain('privacy permission is not authorized, errno 104')[0]).toMatchObject(
      failureReasons['privacy-not-agreed'],
    )
  })

  test('is of the server or of the client when it stands alone', () => {
    expect(subjects('1001')).toEqual(['errcode 1001', 'errno 1001'])
    expect(subjects(' 112\n')).toEqual(['errno 112'])
    expect(subjects('40163')).toEqual(['errcode 40163'])
    expect(explain('123456')[0]?.meaning.en).toBe('This errcode is not in the table.')
  })
})

test('the call decides the cure', () => {
  expect(explain('getPhoneNumber:fail no permission')[0]?.meaning.en).toContain('personal')
  expect(explain('request:fail url not in domain list')[0]?.fix.zh).toContain('合法域名')
  expect(explain('getUserProfile:fail auth deny')[0]?.fix.en).toContain('chooseAvatar')
})

test('words of WeChat without their number are found', () => {
  expect(subjects('server says: invalid ip 1.2.3.4, not in whitelist')).toEqual(['errcode 40164'])
  expect(subjects('{"msg":"code been used"}')).toEqual(['errcode 40163'])
  expect(subjects('reach max api daily quota limit')).toEqual(['errcode 45009'])
})

test('a log line gives all that is in it, once', () => {
  const answer = JSON.stringify({ errcode: 40029, errmsg: 'invalid code, rid: 6129ee10-272863a4-64d75414' })
  const line = JSON.stringify({ level: 40, code: 'code_invalid', answer, again: answer })
  expect(subjects(line)).toEqual(['errcode 40029', 'code_invalid', 'rid 6129ee10-272863a4-64d75414'])
})

test('a rid tells when it was, and until when WeChat keeps it', () => {
  // The sample of "查询rid信息" has invoke_time 1635156704.
  const [rid] = explain('rid: 617682e0-09059ac5-34a8e2ea')
  expect(rid?.meaning.en).toContain('2021-10-25T10:11:44Z')
  expect(rid?.fix.en).toContain('2021-11-01T10:11:44Z')
})

test('a field that we refused is named', () => {
  const text = '{"code":"request_invalid","field":"phone.iv","detail":"\\"phone.iv\\" must be Base64"}'
  expect(explain(text)[0]?.meaning.en).toContain('phone.iv')
})

test('what is not known is not explained, and secrets around it are not repeated', () => {
  for (const text of ['', 'hello', '{"code":"0a3f"}', 'urn:isbn:1', '550e8400-e29b-41d4-a716-446655440000', 'toString'])
    expect(explain(text)).toEqual([])
  expect(subjects('urn:weapp-auth:problem:of_tomorrow')).toEqual(['of_tomorrow'])
  const secret = '3f9a1c7be24d5086af1b2c3d4e5f6071'
  const text = `request:fail https://a.example/?token=${secret} {"errcode":40001,"secret":"${secret}"} phone 13812345678`
  expect(JSON.stringify(explain(text))).not.toMatch(new RegExp(`${secret}|13812345678`))
  expect(explain('x'.repeat(1_000_000))).toEqual([])
})

test('is in both languages, whole sentences', () => {
  for (const { meaning, fix } of Object.values(failureReasons))
    for (const { zh, en } of [meaning, fix]) {
      expect(zh).toMatch(/[\u4e00-\u9fff].*。$/)
      expect(en).toMatch(/^[A-Z][^\u4e00-\u9fff]*\.$/)
    }
})
