import { CliFault } from './cli-fault.ts'
import { type CheckResult, checkNames, type DoctorTools } from './doctor/check-result.ts'
import { examine } from './doctor/examine.ts'
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
 * and in recordings, without it at everything that `serve` needs. It changes nothing.
 */
export async function doctor(
  args: readonly string[],
  terminal: Terminal,
  tools: Partial<DoctorTools> = {},
): Promise<void> {
  const { fetch = globalThis.fetch, now = Date.now, nodeVersion = process.versions.node } = tools
  const { scan: targets = [], ignore = [], json = false, ...flags } = readFlags('doctor', args, doctorFlags)
  if (targets.length > 0) return lookForLeaks(targets, ignore, json, terminal, fetch)
  if (ignore.length > 0) throw nothingToIgnore()
  const results = await examine(flags, terminal.env, { fetch, now, nodeVersion })
  terminal.out(json ? JSON.stringify({ checks: results }, null, 2) : results.map(checkText).join('\n'))
  const [failed, warned] = (['fail', 'warn'] as const).map(
    status => results.filter(one => one.status === status).length,
  )
  if (failed) throw unwell('broken', failed, warned ?? 0)
  if (warned) throw unwell('warned', 0, warned)
}

const marks = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', skip: '-   ' } as const

function checkText({ check, status, about, found, fix }: CheckResult): string {
  const { zh, en } = checkNames[check]
  const name = zh === en ? zh : `${zh} ${en}`
  const line = `${marks[status]}  ${name}${about === undefined ? '' : ` ${about}`}: ${found.zh} / ${found.en}`
  return fix === undefined ? line : `${line}\n      修复：${fix.zh}\n      fix: ${fix.en}`
}

function unwell(exit: 'broken' | 'warned', failed: number, warned: number): CliFault {
  return new CliFault(exit, {
    zh: `${failed} 项错误，${warned} 项提醒。`,
    en: `${failed} failed, ${warned} ${warned === 1 ? 'warning' : 'warnings'}.`,
  })
}

function nothingToIgnore(): CliFault {
  return new CliFault('usage', {
    zh: '--ignore 只能与 --scan 一起使用。',
    en: '--ignore goes with --scan only.',
  })
}

async function lookForLeaks(
  targets: readonly string[],
  ignore: readonly string[],
  json: boolean,
  terminal: Terminal,
  fetch: Fetch,
): Promise<void> {
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

function unknownKind(kind: string): CliFault {
  const known = Object.keys(leaks).join(', ')
  return new CliFault('usage', {
    zh: `--ignore 没有 "${kind}" 这一种。可用：${known}。`,
    en: `--ignore knows no "${kind}". There are: ${known}.`,
  })
}
