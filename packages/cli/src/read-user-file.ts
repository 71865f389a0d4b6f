import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { pipeline } from 'node:stream'
import { type ImportedField, type ImportedFields, importedFields } from '@weapp-auth/server'
import { CsvError, parse } from 'csv-parse'
import { CliFault } from './cli-fault.ts'

/** A line of another system's users. */
export interface UserLine {
  /** Of the file, from 1. */
  readonly line: number
  /** What the other system calls the user; comes back with the user's new id. */
  readonly ref: string | null
  readonly fields: ImportedFields
}

/** `ref` comes back with the new id, and is not stored. */
const columns = ['ref', ...importedFields] as const
type Column = ImportedField | 'ref'

/**
 * Reads a file of users, a line at a time: CSV with a first line of names (RFC 4180, UTF-8), or a JSON object in each line
 * (`.jsonl`, `.ndjson`). Names are read whatever their case and underscores.
 *
 * @throws CliFault `data` that names line and column; `unavailable` when there is no such file.
 */
export async function* readUserFile(path: string): AsyncGenerator<UserLine> {
  const isJson = ['.jsonl', '.ndjson'].includes(extname(path).toLowerCase())
  try {
    yield* isJson ? jsonLines(path) : csvLines(path)
  } catch (error) {
    throw error instanceof CliFault ? error : unreadable(error)
  }
}

async function* csvLines(path: string): AsyncGenerator<UserLine> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    columns: (header: string[]) => [...columnsOf(header)],
  })
  // The parser passes on what the file fails with.
  pipeline(createReadStream(path), parser, () => undefined)
  for await (const { record, info } of parser) {
    const { ref = '', ...fields } = record as Readonly<Partial<Record<Column, string>>>
    yield { line: (info as { readonly lines: number }).lines, ref: ref || null, fields }
  }
}

function columnsOf(header: readonly string[]): readonly Column[] {
  const names = header.map(name => columnOf(name, 1))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw wrong(1, `有两列 ${twice}`, `the column ${twice} is there twice`)
  if (!names.includes('openid')) throw wrong(1, '没有 openid 列', 'there is no column openid')
  return names
}

async function* jsonLines(path: string): AsyncGenerator<UserLine> {
  // A JSON text has no line breaks of its own, and each of its lines is one field for this parser.
  const parser = parse({ bom: true, info: true, skip_empty_lines: true, delimiter: [], quote: false, escape: null })
  pipeline(createReadStream(path), parser, () => undefined)
  for await (const { record, info } of parser) {
    const { lines: line } = info as { readonly lines: number }
    yield { line, ...fieldsOf((record as readonly string[]).join(), line) }
  }
}

function fieldsOf(text: string, line: number): Pick<UserLine, 'ref' | 'fields'> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong(line, '不是 JSON', 'is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(line, '不是 JSON 对象', 'is no JSON object')
  const read = new Map<Column, string>()
  for (const [name, field] of Object.entries(value)) {
    const column = columnOf(name, line)
    if (read.has(column)) throw wrong(line, `有两个 ${column}`, `has ${column} twice`)
    if (field === null) continue
    if (typeof field !== 'string' && typeof field !== 'number')
      throw wrong(line, `${column} 应为字符串或数字`, `${column} must be a string or a number`)
    read.set(column, String(field))
  }
  const { ref = '', ...fields } = Object.fromEntries(read) as Partial<Record<Column, string>>
  return { ref: ref || null, fields }
}

function columnOf(name: string, line: number): Column {
  const spelled = (text: string) => text.trim().toLowerCase().replaceAll(/[_-]/g, '')
  const column = columns.find(one => spelled(one) === spelled(name))
  if (column) return column
  const all = columns.join(', ')
  // A first line that is no header would be told back with somebody's number in it.
  throw wrong(line, `有不认识的列，可用的是 ${all}`, `names a column that is not known; there are ${all}`)
}

function unreadable(error: unknown): CliFault {
  if (error instanceof CsvError) {
    const line = typeof error.lines === 'number' ? error.lines : 0
    return wrong(line, `不是正确的 CSV（${error.code}）`, `is not correct CSV (${error.code})`)
  }
  const code = (error as { readonly code?: unknown }).code
  const why = typeof code === 'string' ? code : 'unknown'
  return new CliFault('unavailable', { zh: `读不了文件（${why}）。`, en: `The file cannot be read (${why}).` }, error)
}

function wrong(line: number, zh: string, en: string): CliFault {
  return new CliFault('data', { zh: `第 ${line} 行${zh}。`, en: `Line ${line} ${en}.` })
}
