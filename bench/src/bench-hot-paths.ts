import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commitNote, machineNote, syncMicros } from './machine.ts'

/**
 * `npm run bench -- --hot-paths`: decrypting, sealing, signing and verifying against node:crypto alone. `--quick` is a
 * smoke test. Answers the report.
 */
export async function benchHotPaths(home: string, argv: readonly string[]): Promise<string> {
  const quick = argv.includes('--quick')
  const program = join(home, '..', 'packages', 'server', 'test', 'hot-paths.mjs')
  const data = join(home, '.data')
  mkdirSync(data, { recursive: true })
  const machine = machineNote({ server: null, load: null, stub: null }, syncMicros(join(data, 'sync')))
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...(quick ? ['1', '20'] : [])], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const today = new Date().toISOString().slice(0, 10)
  const smoke = quick ? ' QUICK: a smoke test, not a measurement.' : ''
  const heading = `weapp-auth bench, ${today}${commitNote(home)}: cryptography of a request beside node:crypto alone, one core, in turns, medians.${smoke}`
  const text = [heading, machine, '', legend, '', stdout].join('\n')
  if (!quick) {
    mkdirSync(join(home, 'results'), { recursive: true })
    writeFileSync(join(home, 'results', `${today}-hot-paths.txt`), text)
  }
  return text
}

const legend = [
  'bare: the same bytes through node:crypto with nothing around it: no checks of form, no place in the associated data, no',
  'claims. of bare: the share of its speed that is left.',
].join('\n')
