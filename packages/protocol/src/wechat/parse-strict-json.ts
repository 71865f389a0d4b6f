/** Deeper documents are refused, so that no reader can be made to run out of stack. */
const maxDepth = 64

/**
 * `JSON.parse` that also refuses duplicate keys (RFC 8259, section 4 leaves their meaning open) and documents nested
 * deeper than 64 levels.
 *
 * @throws SyntaxError, always with the same message: the text may be a secret and never becomes part of it.
 *
 * @example
 * parseStrictJson('{"a":1}') // { a: 1 }
 * parseStrictJson('{"a":1,"a":2}') // throws
 */
export function parseStrictJson(text: string): unknown {
  try {
    const members = countMembers(text)
    const value: unknown = JSON.parse(text)
    if (members === countKeys(value)) return value
  } catch {
    // Answered below, in the same words as a duplicate key.
  }
  throw new SyntaxError('not strict JSON')
}

/**
 * How many members a JSON text has: in a valid text every colon outside of a string belongs to exactly one. Of two
 * equal keys `JSON.parse` keeps one, so the parsed value then has fewer keys than the text has members.
 */
function countMembers(text: string): number {
  let members = 0
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit === quote) i = endOfString(text, i)
    else if (unit === colon) members += 1
    else if (unit === openBrace || unit === openBracket) {
      depth += 1
      if (depth > maxDepth) throw new SyntaxError()
    } else if (unit === closeBrace || unit === closeBracket) depth -= 1
  }
  return members
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Index of the closing quote of the string that begins at `from`. */
function endOfString(text: string, from: number): number {
  let i = from + 1
  while (i < text.length && text.charCodeAt(i) !== quote) i += text.charCodeAt(i) === backslash ? 2 : 1
  return i
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner: readonly unknown[] = Object.values(value)
  const own = Array.isArray(value) ? 0 : inner.length
  return inner.reduce((sum: number, one) => sum + countKeys(one), own)
}
