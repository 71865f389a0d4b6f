import { readFile } from 'node:fs/promises'
import type { Sentence } from '@weapp-auth/protocol/contract'
import type { CST, Document, LineCounter } from 'yaml'
import { CliFault } from './cli-fault.ts'
import { describePath } from './read-config.ts'
import { witnessFields } from './witness-fields.ts'

/** The way to a field, such as `['apps', 0, 'secret']`. */
export type FieldPath = readonly (string | number)[]

/** A YAML or JSON file whose every mistake can be told with its line. */
export interface YamlFile {
  /** What it holds; who reads it is watched, see {@link YamlFile.stray}. */
  readonly value: object
  /** A mistake at a field. */
  fault(path: FieldPath, wrong: Sentence): CliFault
  /** The first field that nobody has looked at; `null` when there is none. */
  stray(): CliFault | null
}

/**
 * Reads a file of YAML or JSON.
 *
 * @param kind what the file is, in sentences: `种子文件` / `The seed file`.
 * @param change makes other values of the texts in it, before anybody reads them.
 * @throws CliFault `data` that names the line; `unavailable` when there is no such file.
 */
export async function readYamlFile(
  path: string,
  kind: Sentence,
  change: (text: string, at: FieldPath) => string | Sentence = text => text,
): Promise<YamlFile> {
  // Loaded only when there is a file: a command without one starts in no time.
  const [text, yaml] = await Promise.all([read(path, kind), import('yaml')])
  const lines = new yaml.LineCounter()
  const bad = (offset: number, code: string) => badSyntax(path, kind, lines.linePos(offset), code)
  // The first look goes without recursion: the others would run out of stack in a file that is made for it.
  const deep = firstTooDeep(new yaml.Parser(lines.addNewLine).parse(text))
  if (deep !== null) throw bad(deep, 'TOO_DEEP')
  // Warnings would quote what stands there, which may be a secret.
  const document = yaml.parseDocument(text, { prettyErrors: false, logLevel: 'error' })
  const [error] = document.errors
  if (error) throw bad(error.pos[0], error.code)
  let lastAlias = 0
  yaml.visit(document, {
    Alias(_, alias, ancestors) {
      lastAlias = alias.range?.[0] ?? 0
      // Its error would name it, and a secret that begins with a star is read as an alias.
      const meant = alias.resolve(document)
      if (!meant) throw bad(lastAlias, 'BAD_ALIAS')
      if (ancestors.includes(meant)) throw bad(lastAlias, 'CIRCULAR_ALIAS')
    },
  })
  const fault = (field: FieldPath, wrong: Sentence) => badField({ path, kind, document, lines }, field, wrong)
  const changed = mapTexts(plain(), [], (text, at) => {
    const result = change(text, at)
    if (typeof result === 'string') return result
    throw fault(at, result)
  })
  const { value, unread } = witnessFields(changed)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fault([], { zh: `${kind.zh}必须是一个对象`, en: 'the file must be an object' })
  return { value, fault, stray }

  function plain(): unknown {
    try {
      return document.toJS({ maxAliasCount: 100 })
    } catch (error) {
      // Whatever else the parser throws here is of a merge key (YAML 1.1), which an alias follows or should.
      throw bad(lastAlias, error instanceof ReferenceError ? 'TOO_MANY_ALIASES' : 'BAD_MERGE')
    }
  }

  function stray(): CliFault | null {
    const [stray] = unread()
    const field = stray && fieldOf(stray)
    return stray ? fault(stray, { zh: `"${field}"：没有这个字段`, en: `"${field}": there is no such field` }) : null
  }
}

/** Lists and objects in each other; no file of ours needs ten. */
const deepest = 50

/** Where the first value begins that stands deeper than any reader has to follow; `null` when there is none. */
function firstTooDeep(tokens: Iterable<CST.Token>): number | null {
  const waiting = [...tokens].map((token): [CST.Token, number] => [token, 0])
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [token, depth] = next
    if (depth > deepest) return token.offset
    const inner = 'items' in token ? token.items.flatMap(({ key, value }) => [key, value]) : []
    const document = token.type === 'document' ? [token.value] : []
    for (const one of [...inner, ...document]) if (one) waiting.push([one, depth + 1])
  }
  return null
}

/** `apps[0].push.url` in steps. */
export function pathOf(field: string): FieldPath {
  return field.split(/\.|(?=\[)/).flatMap(step => {
    if (step === '') return []
    const index = /^\[(\d+)\]$/.exec(step)?.[1]
    return [index === undefined ? step : Number(index)]
  })
}

export function fieldOf(path: FieldPath): string {
  return path.reduce<string>((all, step) => {
    if (typeof step === 'number') return `${all}[${step}]`
    return all === '' ? step : `${all}.${step}`
  }, '')
}

function mapTexts(value: unknown, at: FieldPath, map: (text: string, at: FieldPath) => string): unknown {
  if (typeof value === 'string') return map(value, at)
  if (Array.isArray(value)) return value.map((one: unknown, index) => mapTexts(one, [...at, index], map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, [...at, key], map)]))
}

async function read(path: string, kind: Sentence): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const file = describePath(path)
    throw new CliFault(
      'unavailable',
      { zh: `${kind.zh} ${file} 无法读取（${code}）。`, en: `${kind.en} ${file} cannot be read (${code}).` },
      error,
    )
  }
}

interface Position {
  readonly line: number
  readonly col: number
}

/** The parser's message quotes the text near the mistake, which may be a secret: only its code and the place are told. */
function badSyntax(path: string, kind: Sentence, { line, col }: Position, code: string): CliFault {
  const file = describePath(path)
  return new CliFault('data', {
    zh: `${kind.zh} ${file} 第 ${line} 行第 ${col} 列不是正确的 YAML 或 JSON（${code}）。`,
    en: `${kind.en} ${file} is not correct YAML or JSON at line ${line}, column ${col} (${code}).`,
  })
}

interface Source {
  readonly path: string
  readonly kind: Sentence
  readonly document: Document
  readonly lines: LineCounter
}

function badField({ path, kind, document, lines }: Source, field: FieldPath, wrong: Sentence): CliFault {
  const node = nearest(document, field)
  // An empty file has no line yet.
  const line = lines.linePos(node?.range?.[0] ?? 0).line || 1
  const file = describePath(path)
  // A secret or a phone number of digits alone is a number in YAML, and loses its zeros.
  const bare = typeof node?.value === 'number' && /\b(digits|text|characters)\b/.test(wrong.en)
  return new CliFault('data', {
    zh: `${kind.zh} ${file} 第 ${line} 行：${wrong.zh}。${bare ? '纯数字的文本要加引号。' : ''}`,
    en: `${kind.en} ${file}, line ${line}: ${wrong.en}.${bare ? ' Put a text of digits in quotes.' : ''}`,
  })
}

interface Place {
  readonly range?: readonly [number, number, number] | null
  readonly value?: unknown
}

/** Where the field stands, or what it is missing from. */
function nearest(document: Document, path: FieldPath): Place | undefined {
  const found = path.length === 0 ? document.contents : document.getIn(path, true)
  if (found) return found as Place
  return path.length === 0 ? undefined : nearest(document, path.slice(0, -1))
}
