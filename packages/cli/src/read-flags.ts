import { parseArgs } from 'node:util'
import { CliFault } from './cli-fault.ts'

/**
 * Flags of a command, by name: `{ port: 'PORT' }` means `--port PORT`; one with an empty text is on or off, and one whose
 * text ends in `...` may be given several times.
 */
export type FlagNames = Readonly<Record<string, string>>

export type FlagValues<T extends FlagNames> = {
  readonly [name in keyof T]?: T[name] extends ''
    ? boolean
    : T[name] extends `${string}...`
      ? readonly string[]
      : string
}

/**
 * Reads `--name value` and `--name=value`.
 *
 * @throws CliFault `usage` for an unknown flag, a missing value or a stray word.
 */
export function readFlags<T extends FlagNames>(command: string, args: readonly string[], names: T): FlagValues<T> {
  const options = Object.fromEntries(
    Object.entries(names).map(([name, value]) => [
      name,
      { type: value === '' ? ('boolean' as const) : ('string' as const), multiple: value.endsWith('...') },
    ]),
  )
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as FlagValues<T>
  } catch (error) {
    throw wrongFlags(command, names, error)
  }
}

function wrongFlags(command: string, names: FlagNames, error: unknown): CliFault {
  const known = Object.entries(names).map(([name, value]) => `--${name} ${value}`.trimEnd())
  const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
  return new CliFault(
    'usage',
    {
      zh: `${command} 的参数有误（${detail}）。可用参数：${known.join('，') || '无'}。`,
      en: `Wrong flags for ${command} (${detail}). It takes: ${known.join(', ') || 'none'}.`,
    },
    error,
  )
}
