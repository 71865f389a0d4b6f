import { readFile } from 'node:fs/promises'
import { createEmulator, type Emulator, type EmulatorOptions, EmulatorRefusal } from '@weapp-auth/emulator'
import type { Sentence } from '@weapp-auth/protocol/contract'
import type { Document, LineCounter } from 'yaml'
import { CliFault } from './cli-fault.ts'
import { describePath } from './read-config.ts'
import { witnessFields } from './witness-fields.ts'

type Path = readonly (string | number)[]

/**
 * An emulator with the options that a YAML or JSON file holds. A field that the emulator does not know is a mistake too.
 *
 * @param more wins over the file
 * @throws CliFault `data` that names the line and the field; `unavailable` when there is no such file
 */
export async function emulatorFromSeed(path: string, more: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  // Loaded only when there is a seed: the emulator alone starts in no time.
  const [text, yaml] = await Promise.all([readSeed(path), import('yaml')])
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) throw badSyntax(path, lines.linePos(error.pos[0]).line, error)
  const { value, unread } = witnessFields(document.toJS({ maxAliasCount: 100 }))
  return plant(value, more, unread, (field, wrong) => badField(path, document, lines, field, wrong))
}

async function readSeed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const file = describePath(path)
    throw new CliFault(
      'unavailable',
      { zh: `种子文件 ${file} 无法读取（${code}）。`, en: `The seed file ${file} cannot be read (${code}).` },
      error,
    )
  }
}

function plant(
  value: unknown,
  more: Partial<EmulatorOptions>,
  unread: () => readonly Path[],
  fault: (path: Path, wrong: Sentence) => CliFault,
): Emulator {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fault([], { zh: '种子文件必须是一个对象', en: 'a seed must be an object' })
  try {
    const emulator = createEmulator(withMore(value, more))
    const [stray] = unread()
    if (!stray) return emulator
    emulator.close()
    throw fault(stray, { zh: `"${fieldOf(stray)}"：没有这个字段`, en: `"${fieldOf(stray)}": there is no such field` })
  } catch (error) {
    throw error instanceof EmulatorRefusal ? fault(pathOf(error.field), error.text) : error
  }
}

/** Not spread: that would look at every field. */
function withMore(value: object, more: Partial<EmulatorOptions>): EmulatorOptions {
  const given = more as Readonly<Record<PropertyKey, unknown>>
  return new Proxy(value, {
    get: (target, key) => {
      const own: unknown = Reflect.get(target, key)
      return given[key] ?? own
    },
  }) as EmulatorOptions
}

function badSyntax(path: string, line: number, error: Error): CliFault {
  const file = describePath(path)
  return new CliFault(
    'data',
    {
      zh: `种子文件 ${file} 第 ${line} 行不是正确的 YAML 或 JSON：${error.message}`,
      en: `The seed file ${file} is not correct YAML or JSON at line ${line}: ${error.message}`,
    },
    error,
  )
}

function badField(path: string, document: Document, lines: LineCounter, field: Path, wrong: Sentence): CliFault {
  const node = nearest(document, field)
  const line = lines.linePos(node?.range?.[0] ?? 0).line
  const file = describePath(path)
  // A secret or a phone number of digits alone is a number in YAML, and loses its zeros.
  const bare = typeof node?.value === 'number' && /\b(digits|text|characters)\b/.test(wrong.en)
  return new CliFault('data', {
    zh: `种子文件 ${file} 第 ${line} 行：${wrong.zh}。${bare ? '纯数字的文本要加引号。' : ''}`,
    en: `The seed file ${file}, line ${line}: ${wrong.en}.${bare ? ' Put a text of digits in quotes.' : ''}`,
  })
}

interface Place {
  readonly range?: readonly [number, number, number] | null
  readonly value?: unknown
}

/** Where the field stands, or what it is missing from. */
function nearest(document: Document, path: Path): Place | undefined {
  const found = path.length === 0 ? document.contents : document.getIn(path, true)
  if (found) return found as Place
  return path.length === 0 ? undefined : nearest(document, path.slice(0, -1))
}

/** `apps[0].push.url` in steps. */
function pathOf(field: string): Path {
  return field.split(/\.|(?=\[)/).flatMap(step => {
    if (step === '') return []
    const index = /^\[(\d+)\]$/.exec(step)?.[1]
    return [index === undefined ? step : Number(index)]
  })
}

function fieldOf(path: Path): string {
  return path.reduce<string>((all, step) => {
    if (typeof step === 'number') return `${all}[${step}]`
    return all === '' ? step : `${all}.${step}`
  }, '')
}
