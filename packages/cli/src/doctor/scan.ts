/* One file, because it is one table: what leaks look like, and how they are found. Pure. */
import type { LeakKind } from './leaks.ts'

/**
 * Where a text comes from:
 * - `code`: of a mini program, as written or compiled;
 * - `answer`: what a server sent to it;
 * - `request`: what it sent to a server.
 */
export type ScannedAs = 'code' | 'answer' | 'request'

/** One leak. The secret itself is nowhere in it. */
export interface Finding {
  readonly kind: LeakKind
  /** Both from 1. */
  readonly line: number
  readonly column: number
  /** What was found there, its secret masked. */
  readonly excerpt: string
}

interface Rule {
  readonly kind: LeakKind
  readonly in: readonly ScannedAs[]
  /** Its group `secret`, where there is one, is masked. */
  readonly pattern: RegExp
  /** Whether comments count: a value leaks there as well, a use does not. */
  readonly comments: boolean
  readonly only?: (match: RegExpExecArray) => boolean
}

const everywhere: readonly ScannedAs[] = ['code', 'answer', 'request']
const key16 = String.raw`(?:[A-Za-z0-9+]|\\?/){22}==`
const quote = String.raw`\\*["'\x60]`
const china = String.raw`(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}`
const sessionKeyNames = 'session_?key|session_?id|skey|(?:aes|wx|encrypt(?:ion)?)_?key'

/** Secrets by their form, next to a name that says what they are: one of the two alone proves nothing. */
const values: readonly Omit<Rule, 'comments'>[] = [
  {
    kind: 'session-key',
    in: everywhere,
    pattern: new RegExp(`(?:${sessionKeyNames})(?:${quote})?\\s*[:=]\\s*${quote}(?<secret>${key16})`, 'gi'),
    only: ({ groups }) => isRandom(groups?.secret),
  },
  {
    kind: 'session-key',
    in: everywhere,
    // In a query or a form.
    pattern: /(?:session_?key|session_?id|skey)=(?<secret>(?:[A-Za-z0-9+/]|%2[BF]){22}(?:==|%3D%3D))/gi,
    only: ({ groups }) => isRandom(groups?.secret),
  },
  {
    kind: 'code2session-answer',
    in: everywhere,
    pattern: new RegExp(
      `open_?id${quote}\\s*:\\s*${quote}o[\\w-]{20,40}${quote}[^{}]{0,300}?session_?key${quote}\\s*:\\s*${quote}(?<secret>${key16})` +
        `|session_?key${quote}\\s*:\\s*${quote}(?<late>${key16})${quote}[^{}]{0,300}?open_?id${quote}\\s*:\\s*${quote}o[\\w-]{20,40}`,
      'gi',
    ),
  },
  {
    kind: 'app-secret',
    in: everywhere,
    pattern:
      /secret(?!\w{0,12}(?:hash|digest|md5|_?id\b))[^\n;{}]{0,40}?(?<![0-9A-Za-z])(?<secret>[0-9a-f]{32})(?![0-9A-Za-z])/gi,
    only: ({ groups }) => isRandom(groups?.secret),
  },
  {
    kind: 'access-token',
    in: everywhere,
    // Of WeChat: a number, an underscore, and much after it. Other tokens of that name look different.
    pattern: new RegExp(`access_?token(?:${quote})?\\s*[:=]\\s*(?:${quote})?(?<secret>\\d{1,3}_[\\w-]{40,512})`, 'gi'),
  },
  {
    kind: 'push-key',
    in: everywhere,
    pattern: new RegExp(
      `encoding_?aes_?key(?:${quote})?\\s*[:=]\\s*${quote}(?<secret>[A-Za-z0-9]{43})(?![A-Za-z0-9])`,
      'gi',
    ),
    only: ({ groups }) => isRandom(groups?.secret),
  },
  {
    kind: 'phone-number',
    in: ['answer'],
    // As a text, alone or within one; never among other digits and letters, as in ids and times.
    pattern: new RegExp(
      `"(?!\\s*[:,\\]}])(?:[^"\\\\\\n]|\\\\.){0,200}?(?<![\\w.%+-])(?<secret>${china})(?![\\w.%*-])`,
      'g',
    ),
  },
  {
    kind: 'phone-number',
    in: ['answer'],
    pattern: /"\w{0,40}(?:phone|mobile|tel)\w{0,40}\\?"\s*:\s*(?<secret>1[3-9]\d{9}|\\?"\+[1-9]\d{6,14})(?!\d)/gi,
  },
]

const storing = String.raw`(?:setStorage(?:Sync)?|localStorage\.setItem)\s*\(\s*(?:\{[^{}]{0,120}?\bkey\s*:\s*)?["'\x60]`

function stored(kind: LeakKind, names: string, only?: Rule['only']): Omit<Rule, 'comments'> {
  const pattern = new RegExp(`${storing}[^"'\\x60\\n]{0,60}?(?:${names})[^"'\\x60\\n]{0,60}["'\\x60]`, 'gi')
  return { kind, in: ['code'], pattern, ...(only && { only }) }
}

/** `wx.setStorage({ key: 'phone', data, encrypt: true })` is what there is to do. */
const isPlain = ({ 0: call, index, input }: RegExpExecArray) =>
  !/\bencrypt\s*:\s*(?:true|!0)/.test(input.slice(index, index + call.length + 200).split(')')[0] ?? '')

/** What a client does that only a server may do. */
const uses: readonly Omit<Rule, 'comments'>[] = [
  stored('session-key-in-storage', sessionKeyNames),
  stored('openid-in-storage', 'open_?id', isPlain),
  stored('phone-in-storage', 'phone(?!key)|mobile', isPlain),
  {
    kind: 'session-key-in-client',
    in: ['code'],
    pattern:
      /\.session_?key\b(?!\s*\()|\bsession_?key["']?\s*:(?!:)|\[["']session_?key["']\]|[{,]\s*session_?key\s*[,}=]/gi,
  },
  {
    kind: 'openid-as-identity',
    in: ['code'],
    pattern:
      /\b(?:data|params|body|header)\s*:\s*\{[^{}]{0,300}?\bopen_?id\b\s*[:,}]|\{[^{}]{0,200}?\bopen_?id\b[^{}]{0,200}?\bencryptedData\b/gi,
  },
  {
    kind: 'openid-as-identity',
    in: ['request'],
    pattern: /[?&"]open_?id(?:=|"\s*:\s*")(?<secret>o[\w-]{20,40})/gi,
  },
  { kind: 'wechat-api-from-client', in: ['code', 'request'], pattern: /\/\/api\.weixin\.qq\.com\b[\w/.-]*/gi },
]

const rules: readonly Rule[] = [
  ...values.map(rule => ({ ...rule, comments: true })),
  ...uses.map(rule => ({ ...rule, comments: false })),
]

/** More of one kind in one text say nothing new. */
const most = 50

/**
 * Finds what must not be there.
 *
 * @example
 * scan('wx.setStorageSync("session_key", key)', 'code') // [{ kind: 'session-key-in-storage', line: 1, … }]
 */
export function scan(text: string, as: ScannedAs): readonly Finding[] {
  const bare = as === 'code' ? withoutComments(text) : text
  const found = rules
    .filter(rule => rule.in.includes(as))
    .flatMap(rule => matchesOf(rule, rule.comments ? text : bare).map(match => ({ kind: rule.kind, ...match })))
    .sort((one, other) => one.at - other.at)
  const place = placesIn(text)
  const seen = new Set<string>()
  return found.flatMap(({ kind, at, excerpt }) => {
    const { line, column } = place(at)
    const id = `${kind} ${line} ${column}`
    if (seen.has(id)) return []
    seen.add(id)
    return [{ kind, line, column, excerpt }]
  })
}

function matchesOf({ pattern, only }: Rule, text: string) {
  const matches: { readonly at: number; readonly excerpt: string }[] = []
  for (const match of text.matchAll(pattern)) {
    if (only && !only(match)) continue
    const secret = match.groups?.secret ?? match.groups?.late
    // The secret is what is meant; what a rule needs in front of it may be long.
    const from = secret === undefined ? 0 : Math.max(0, match[0].lastIndexOf(secret) - 40)
    matches.push({ at: match.index + from, excerpt: masked(match[0].slice(from), secret) })
    if (matches.length === most) break
  }
  return matches
}

/** A placeholder such as `xxxx` or `0000` is no secret. */
function isRandom(text = ''): boolean {
  return new Set(text).size >= 8
}

/** Enough to know it again, too little to use it. Whatever else is long or a number is cut as well. */
function masked(text: string, secret: string | undefined): string {
  const shown = secret === undefined ? text : text.replace(secret, () => `${secret.slice(0, 2)}…(${secret.length})`)
  return shown
    .replace(/[A-Za-z0-9+/_=-]{22,}|\d{7,}/g, long => `${long.slice(0, 2)}…(${long.length})`)
    .replace(/\s+/g, ' ')
    .slice(0, 100)
}

/** Lines longer than this are compiled: there `//` is rather within a regular expression than a comment. */
const longestWritten = 500

/** Comments become spaces, so that every place stays where it is. */
function withoutComments(text: string): string {
  const token =
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|<!--[\s\S]*?(?:-->|$)/g
  return text.replace(token, one => {
    const isComment =
      one.startsWith('/*') || one.startsWith('<!--') || (one.startsWith('//') && one.length < longestWritten)
    return isComment ? one.replace(/[^\n]/g, ' ') : one
  })
}

function placesIn(text: string) {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return (at: number) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 }
  }
}
