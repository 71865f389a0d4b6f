import { type CodeRow, problemCodes } from './contract/codes.ts'
import type { Sentence } from './contract/sentence.ts'
import { type ErrcodeRow, errcodes, type Mender } from './wechat/errcodes.ts'
import { explainErrcode } from './wechat/explain-errcode.ts'
import { explainErrno } from './wechat/explain-errno.ts'
import { failureOf } from './wechat/failure-reasons.ts'
import { identifyFailure } from './wechat/identify-failure.ts'

/** One thing that was recognised in a pasted text. */
export interface Explanation {
  /**
   * - `errcode`: of WeChat's server API; `errno`, `errMsg`: of `wx` in the mini program;
   * - `rid`: the number of a request at WeChat; `problem`: a code of ours.
   */
  readonly kind: 'errcode' | 'errno' | 'errMsg' | 'rid' | 'problem'
  /** What was recognised, such as `errcode 40029` or `getPhoneNumber:fail user deny`. */
  readonly subject: string
  readonly meaning: Sentence
  readonly fix: Sentence
  readonly who: Mender
}

/**
 * Explains whatever somebody pastes: an answer of WeChat, the `detail` of a callback, a refusal of ours, a line of a log,
 * or a bare number. Empty when nothing in it is known. Repeats nothing of the text but what it recognised, so that a
 * secret in a pasted log goes nowhere.
 *
 * @example
 * explain('{"errcode":40029,"errmsg":"invalid code, rid: 6129ee10-272863a4-64d75414"}').map(one => one.subject)
 * // ['errcode 40029', 'rid 6129ee10-272863a4-64d75414']
 */
export function explain(pasted: string): readonly Explanation[] {
  // A JSON text inside a JSON text, as logs write it.
  const text = pasted.slice(0, longest).replaceAll('\\"', '"')
  const clientSide = clientFailures(text)
  const serverSide = [...numbersOf(text, /\b(?:errcode|err_code)["']?\s*[:=]?\s*["']?(-?\d{1,7})\b/gi)].map(ofErrcode)
  const named = [...clientSide, ...serverSide, ...problemsOf(text)]
  const found = named.length > 0 ? named : [...bareNumber(text), ...bareWords(text)]
  return unique([...found, ...ridsOf(text)])
}

const longest = 100_000

/** errMsg and errno of the same callback belong together: only both tell what 104 means ("小程序隐私协议开发指南"). */
function clientFailures(text: string): readonly Explanation[] {
  const numbers = numbersOf(text, /\berrno["']?\s*[:=]?\s*["']?(\d{1,7})\b/gi)
  const messages = [
    ...text.matchAll(/\b([a-zA-Z]{3,40}(?:\.[a-zA-Z]{3,40})?):(?:fail|user (?:deny|cancel))[^"'\n{}<>/=?&]{0,100}/g),
  ]
  const privacy =
    messages.length === 0 ? /privacy permission is not authorized|api scope is not declared[a-z ]*/.exec(text) : null
  if (privacy) return [ofFailure('', privacy[0], numbers[0])]
  if (messages.length === 0) return numbers.map(errno => ofErrno(errno))
  return messages.map(([message, api = ''], index) => ofFailure(api, message, numbers[index]))
}

function ofFailure(api: string, message: string, errno: number | undefined): Explanation {
  const reason = identifyFailure({ api, errMsg: message, errno })
  // An errno whose reason nobody has written down is still in the table.
  if (reason === 'failed' && errno !== undefined && explainErrno(errno)) return ofErrno(errno, api)
  const subject = message.replace(/[\s,，。;；)\]]{1,100}$/, '')
  return {
    kind: 'errMsg',
    subject: errno === undefined ? subject : `${subject} (errno ${errno})`,
    ...failureOf(api, reason),
  }
}

function ofErrno(errno: number, api = ''): Explanation {
  return { kind: 'errno', subject: `errno ${errno}`, ...(explainErrno(errno, api) ?? unknownErrno) }
}

const unknownErrno = {
  who: 'developer',
  meaning: { zh: '未收录的 errno。', en: 'This errno is not in the table.' },
  fix: {
    zh: '在微信官方文档的“Errno错误码”中查找。',
    en: 'Look it up in "Errno错误码" of the documentation of WeChat.',
  },
} as const

function ofErrcode(errcode: number): Explanation {
  const zh = explainErrcode(errcode, 'zh')
  const en = explainErrcode(errcode, 'en')
  const meaning = { zh: zh.meaning, en: en.meaning }
  return { kind: 'errcode', subject: `errcode ${errcode}`, meaning, fix: { zh: zh.fix, en: en.fix }, who: zh.who }
}

/** Problem details of ours, and lines of our log, name a code. */
function problemsOf(text: string): readonly Explanation[] {
  const named = [...text.matchAll(/urn:weapp-auth:problem:([a-z_]{1,40})|"code"\s*:\s*"([a-z_]{1,40})"/g)]
  const field = /"field"\s*:\s*"([\w.[\]-]{1,60})"/.exec(text)?.[1]
  return named.flatMap(([, urn, code = '']) => {
    const row = rowOf(urn ?? code)
    if (row) return [ofProblem(urn ?? code, row, field)]
    return urn === undefined ? [] : [{ kind: 'problem' as const, subject: urn, ...unknownProblem }]
  })
}

const unknownProblem = {
  who: 'developer',
  meaning: { zh: '这个版本没有这个错误码。', en: 'This version does not know the code.' },
  fix: { zh: '用与服务端相同的版本查询。', en: 'Ask the version that the server runs.' },
} as const

function rowOf(code: string): CodeRow | undefined {
  const rows: Readonly<Record<string, CodeRow>> = problemCodes
  return Object.hasOwn(rows, code) ? rows[code] : undefined
}

function ofProblem(code: string, { message, fix, who, errcodes: behind = [] }: CodeRow, field?: string): Explanation {
  const zh = [field && `有误的字段：${field}。`, behind.length > 0 && `背后的微信错误码：${behind.join('、')}。`]
  const en = [
    field && `The field: ${field}.`,
    behind.length > 0 && `Errcodes of WeChat behind it: ${behind.join(', ')}.`,
  ]
  const meaning = {
    zh: [message.zh, ...zh].filter(Boolean).join(''),
    en: [message.en, ...en].filter(Boolean).join(' '),
  }
  return { kind: 'problem', subject: code, meaning, fix, who }
}

/** The first eight digits are the second in which it was asked ("查询rid信息": the sample shows both). */
function ridsOf(text: string): readonly Explanation[] {
  return [...text.matchAll(/\b([0-9a-f]{8})-[0-9a-f]{8}-[0-9a-f]{8}\b(?!-)/g)].map(([rid, second = '']) => {
    const askedAt = Number.parseInt(second, 16) * 1000
    const [asked, until] = [askedAt, askedAt + keptMs].map(time => new Date(time).toISOString().slice(0, 19))
    return {
      kind: 'rid' as const,
      subject: `rid ${rid}`,
      who: 'developer' as const,
      meaning: {
        zh: `微信给这次请求的编号，请求发生在 ${asked}Z。`,
        en: `The number that WeChat gave a request made at ${asked}Z.`,
      },
      fix: {
        zh: `在 ${until}Z 之前可用 getRidInfo（POST /cgi-bin/openapi/rid/get）查询请求与回应；向微信反馈时附上它。`,
        en: `Until ${until}Z getRidInfo (POST /cgi-bin/openapi/rid/get) tells request and answer; quote it to WeChat.`,
      },
    }
  })
}

const keptMs = 7 * 24 * 60 * 60_000

/** A number alone may be of the server or of the client. */
function bareNumber(text: string): readonly Explanation[] {
  const number = /^\s*(-?\d{1,7})\s*$/.exec(text)?.[1]
  if (number === undefined) return []
  const value = Number(number)
  const known = [
    ...(Object.hasOwn(errcodes, value) ? [ofErrcode(value)] : []),
    ...(explainErrno(value) ? [ofErrno(value)] : []),
  ]
  return known.length > 0 ? known : [ofErrcode(value)]
}

/** WeChat's own words without their number, and codes of ours that stand alone. */
function bareWords(text: string): readonly Explanation[] {
  const codes = [...text.matchAll(/^\s*[a-z]+\s*$|\b[a-z]+(?:_[a-z]+)+\b/g)].flatMap(([word]) => {
    const row = rowOf(word.trim())
    return row ? [ofProblem(word.trim(), row)] : []
  })
  if (codes.length > 0) return codes
  // The address stands in the middle of its words.
  if (/invalid ip\b[^"\n]{1,100}not in whitelist/.test(text)) return [ofErrcode(40164)]
  const lower = text.toLowerCase()
  const rows: readonly (readonly [string, ErrcodeRow])[] = Object.entries(errcodes)
  const said = rows
    .filter(([, { errmsg }]) => errmsg.length >= shortestWords && lower.includes(errmsg.toLowerCase()))
    // "api minute-quota reach limit" is more than "reach limit".
    .sort(([, one], [, other]) => other.errmsg.length - one.errmsg.length)
  const first = said[0]?.[1].errmsg.length
  return said.filter(([, { errmsg }]) => errmsg.length === first).map(([errcode]) => ofErrcode(Number(errcode)))
}

/** Shorter ones are in everybody's logs. */
const shortestWords = 12

function numbersOf(text: string, pattern: RegExp): readonly number[] {
  return [...text.matchAll(pattern)].map(([, number]) => Number(number))
}

function unique(found: readonly Explanation[]): readonly Explanation[] {
  return found.filter((one, index) => found.findIndex(({ subject }) => subject === one.subject) === index)
}
