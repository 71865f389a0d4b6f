import { type ProblemCode, problemCodes, type Recognised } from '@weapp-auth/protocol/contract'
import { errcodes, identifyFailure, parseErrmsg } from '@weapp-auth/protocol/wechat'

const nothing: Recognised = { requestId: null, rid: null, errcode: null, code: null, failure: null }

/**
 * Finds in a text whatever can be looked up. Nothing else of it is kept or repeated: it may be anything.
 *
 * @example
 * recogniseTrace('errcode 40163, errmsg: code been used, rid: 6129ee10-272863a4-64d75414')
 * // { errcode: 40163, rid: '6129ee10-272863a4-64d75414', … }
 */
export function recogniseTrace(text: string): Recognised {
  const trimmed = text.trim()
  const fields = { ...fieldsOf(trimmed) }
  const rid = (parseErrmsg(trimmed).rid ?? /^[0-9a-z]{8}(?:-[0-9a-z]{8}){2}$/.exec(trimmed)?.[0]) || null
  const code = problemCodeOf(fields.code) ?? problemCodeIn(trimmed)
  const failure = failureOf(fields.errMsg ?? trimmed, fields.errno)
  const errcode = errcodeOf(fields.errcode ?? trimmed)
  const found = { ...nothing, rid, code, errcode, failure }
  return { ...found, requestId: requestIdOf(fields.requestId, trimmed, Object.values(found).some(isThere)) }
}

const isThere = (value: unknown) => value !== null
type Fields = Readonly<Partial<Record<'requestId' | 'code' | 'errcode' | 'errMsg' | 'errno', string>>>

/** Fields of JSON, also where the JSON is part of a line of a log; of problem details, of WeChat and of phones. */
function fieldsOf(text: string): Fields {
  const field = (name: string) =>
    new RegExp(`["']${name}["']\\s{0,8}:\\s{0,8}(?:"([^"\\\\]{1,300})"|(-?\\d{1,9}))`).exec(text)
  const names = ['requestId', 'code', 'errcode', 'errMsg', 'errno'] as const
  return Object.fromEntries(
    names.flatMap(name => {
      const [, quoted, number] = field(name) ?? []
      const value = quoted ?? number
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function requestIdOf(field: string | undefined, text: string, isSomethingElse: boolean): string | null {
  const labelled =
    /\b(?:x-request-id|request[ _-]?id)["']?\s{0,8}[:=]\s{0,8}["']?([A-Za-z0-9_.-]{8,40})(?![A-Za-z0-9_.-])/i
  const uuid = /(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/
  const given = field ?? labelled.exec(text)?.[1] ?? uuid.exec(text)?.[0] ?? (isSomethingElse ? undefined : text)
  // Digits alone are somebody's number rather than an id.
  return given !== undefined && /^(?=.*[A-Za-z])[A-Za-z0-9_.-]{8,40}$/.test(given) ? given : null
}

/** A number alone is one that WeChat has; with its label any will do. */
function errcodeOf(text: string): number | null {
  const labelled = /\b(?:errcode|err_code|errCode|错误码)["']?\s{0,8}[:=：]?\s{0,8}(-?\d{1,9})\b/.exec(text)?.[1]
  const alone = /^-?\d{1,7}$/.exec(text)?.[0]
  const number = Number(labelled ?? alone ?? 0)
  return number !== 0 && (labelled !== undefined || number in errcodes) ? number : null
}

function problemCodeOf(text: string | undefined): ProblemCode | null {
  return text !== undefined && Object.hasOwn(problemCodes, text) ? (text as ProblemCode) : null
}

function problemCodeIn(text: string): ProblemCode | null {
  for (const [word] of text.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)) {
    const code = problemCodeOf(word)
    if (code) return code
  }
  return null
}

/** `name:fail …`, as every call of `wx` says it. */
function failureOf(text: string, errno: string | undefined): Recognised['failure'] {
  const [errMsg, api] = /\b([a-zA-Z]{2,40}):\s?fail\b.{0,200}/.exec(text) ?? []
  if (errMsg === undefined || api === undefined) return null
  const number = errno ?? /\berrno["']?\s{0,8}[:=]\s{0,8}(\d{1,9})/.exec(text)?.[1]
  return { api, reason: identifyFailure({ api, errMsg, ...(number !== undefined && { errno: Number(number) }) }) }
}
