import { CliFault } from './cli-fault.ts'
import { type LeakKind, leaks } from './doctor/leaks.ts'
import { type Fetch, readScanned } from './doctor/read-scanned.ts'
import { type Finding, scan } from './doctor/scan.ts'
import { doctorFlags } from './flags.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/** One leak, and where. */
interface Located extends Finding {
  readonly file: string
}

/**
 * `weapp-auth doctor` looks for what is wrong: with `--scan` for secrets in mini-program code, in answers of a server
 * and in recordings. Each flag is one examination; more can be added beside it.
 */
export async function doctor(
  args: readonly string[],
  terminal: Terminal,
  fetch: Fetch = globalThis.fetch,
): Promise<void> {
  const { scan: targets = [], ignore = [], json = false } = readFlags('doctor', args, doctorFlags)
  if (targets.length === 0) throw nothingToDo()
  for (const kind of ignore) if (!isKind(kind)) throw unknownKind(kind)
  const scanned = (await Promise.all(targets.map(target => readScanned(target, fetch)))).flat()
  const found = scanned
    .flatMap(({ name, text, as }) => scan(text, as).map(finding => ({ file: name, ...finding })))
    .filter(({ kind }) => !ignore.includes(kind))
  terminal.out(json ? asJson(found, scanned.length) : asText(found, scanned.length))
  if (found.length > 0) throw leaking(found.length)
}

function isKind(kind: string): kind is LeakKind {
  return Object.hasOwn(leaks, kind)
}

function asJson(found: readonly Located[], scanned: number): string {
  return JSON.stringify({ scanned, findings: found.map(one => ({ ...one, ...leaks[one.kind] })) }, null, 2)
}

/** What a kind means is told once, below all places where it was found. */
function asText(found: readonly Located[], scanned: number): string {
  const kinds = [...new Set(found.map(({ kind }) => kind))]
  const parts = kinds.map(kind => {
    const { what, why, fix } = leaks[kind]
    const places = found
      .filter(one => one.kind === kind)
      .map(({ file, line, column, excerpt }) => `  ${file}:${line}:${column}  ${excerpt}`)
    const meaning = [`原因：${why.zh}`, `why: ${why.en}`, `修复：${fix.zh}`, `fix: ${fix.en}`]
    return [`[${kind}] ${what.zh} / ${what.en}`, ...places, ...meaning.map(line => `    ${line}`)].join('\n')
  })
  return [
    ...parts,
    `已扫描 ${scanned} 份内容，发现 ${found.length} 处 / ${scanned} texts scanned, ${found.length} findings`,
  ].join('\n\n')
}

function leaking(count: number): CliFault {
  return new CliFault('broken', {
    zh: `发现 ${count} 处泄露。`,
    en: `${count} ${count === 1 ? 'leak was' : 'leaks were'} found.`,
  })
}

function nothingToDo(): CliFault {
  return new CliFault('usage', {
    zh: 'doctor 需要 --scan 网址或路径：小程序代码的文件夹、回应的 JSON、HAR 录制文件，可给出多个。',
    en: 'doctor needs --scan URL or path: a folder of mini-program code, JSON of an answer, a recorded HAR file; it may be given several times.',
  })
}

function unknownKind(kind: string): CliFault {
  const known = Object.keys(leaks).join(', ')
  return new CliFault('usage', {
    zh: `--ignore 没有 "${kind}" 这一种。可用：${known}。`,
    en: `--ignore knows no "${kind}". There are: ${known}.`,
  })
}
