import { isRecord } from './is-record.ts'
import { parseStrictJson } from './parse-strict-json.ts'

/** Bodies longer than this many characters are refused: WeChat's messages have a few hundred. */
const maxLength = 100_000

/**
 * The flat fields of a pushed message, JSON or XML, by their names in lower case without spaces around them: official
 * samples have `" OpenID"`, one of an SDK has `openid`. Numbers become text, what is nested is left out. `null` for
 * anything else: XML with a DTD, a comment or an entity in its flat fields, two fields of one name.
 *
 * @example
 * parsePushBody('<xml><Event><![CDATA[user_info_modified]]></Event></xml>')?.get('event') // 'user_info_modified'
 */
export function parsePushBody(text: string): ReadonlyMap<string, string> | null {
  if (text.length > maxLength) return null
  const pairs = text.trimStart().startsWith('<') ? readXml(text.trim()) : readJson(text)
  if (pairs === null) return null
  const fields = new Map(pairs.map(([name, value]) => [name.trim().toLowerCase(), value]))
  return fields.size === pairs.length ? fields : null
}

type Pairs = readonly (readonly [name: string, value: string])[]

function readJson(text: string): Pairs | null {
  try {
    const value = parseStrictJson(text)
    if (!isRecord(value)) return null
    return Object.entries(value).flatMap(([name, one]) =>
      typeof one === 'string' || typeof one === 'number' ? [[name, String(one)] as const] : [],
    )
  } catch {
    return null
  }
}

/**
 * WeChat's own XML is one element with fields in it. No parser for more than that: what expands entities or reads a DTD
 * can be made to run out of memory by a few hundred bytes.
 */
function readXml(text: string): Pairs | null {
  if (!text.startsWith('<xml>') || !text.endsWith('</xml>')) return null
  const pairs: (readonly [string, string])[] = []
  const end = text.length - '</xml>'.length
  let at = skipSpace(text, '<xml>'.length)
  while (at < end) {
    const field = readField(text, at)
    if (field === null || field.end > end) return null
    if (field.value !== null) pairs.push([field.name, field.value])
    at = skipSpace(text, field.end)
  }
  return pairs
}

interface Field {
  readonly name: string
  /** `null` for elements in it. */
  readonly value: string | null
  readonly end: number
}

function readField(text: string, at: number): Field | null {
  opening.lastIndex = at
  const name = opening.exec(text)?.[1]
  if (name === undefined) return null
  const from = opening.lastIndex
  const closing = `</${name}>`
  if (text.startsWith(cdata, from)) return readCdata(text, name, from + cdata.length)
  const to = text.indexOf(closing, from)
  if (to < 0) return null
  const inner = text.slice(from, to)
  // An entity or a declaration is not understood here; an element in the field is nobody's event.
  if (/&|<!(?!\[CDATA\[)|<\?/.test(inner)) return null
  return { name, value: inner.includes('<') ? null : inner.trim(), end: to + closing.length }
}

/** A text that has `]]>` in it comes as two sections, side by side. */
function readCdata(text: string, name: string, start: number): Field | null {
  const closing = `</${name}>`
  let value = ''
  let from = start
  for (;;) {
    const to = text.indexOf(']]>', from)
    if (to < 0) return null
    value += text.slice(from, to)
    const next = to + ']]>'.length
    if (text.startsWith(closing, next)) return { name, value, end: next + closing.length }
    if (!text.startsWith(cdata, next)) return null
    from = next + cdata.length
  }
}

const cdata = '<![CDATA['
const opening = /<([A-Za-z][A-Za-z0-9_]{0,63})>/y

function skipSpace(text: string, from: number): number {
  let at = from
  while (/\s/.test(text.charAt(at))) at += 1
  return at
}
