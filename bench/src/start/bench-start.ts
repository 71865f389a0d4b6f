import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commitNote, machineNote, syncMicros } from '../machine.ts'
import { app } from '../world.ts'
import { type ProductionSize, productionSize } from './production-size.ts'
import { type Started, type Starter, startProgram } from './start-program.ts'
import { startReport } from './start-report.ts'

const bare = "require('node:http').createServer((_, answer) => answer.end('ok')).listen(+process.argv[1], '127.0.0.1')"

/** Existing folders of data: the first start of a new one makes keys and schema, once in its life. */
const starters = (cli: string, data: string): readonly Starter[] => [
  { title: 'Node alone', args: port => ['-e', bare, String(port)], env: {}, path: '/' },
  {
    title: 'serve, SQLite',
    args: port => [cli, 'serve', '--port', String(port), '--data', join(data, 'serve')],
    env: { WEAPP_APPID: app.appId, WEAPP_SECRET: '0'.repeat(32), DRAIN_SECONDS: '0' },
    path: '/readyz',
  },
  {
    title: 'dev',
    args: (port, other) => {
      const ports = ['--port', String(port), '--emulator-port', String(other)]
      return [cli, 'dev', ...ports, '--data', join(data, 'dev')]
    },
    env: {},
    path: '/phone/',
  },
]

/**
 * `npm run bench -- --start`: how long `weapp-auth serve` and `dev` take from the command to the first answer, and what
 * they hold when nobody asks; `--size` adds the size of a production install. Answers the report.
 */
export async function benchStart(home: string, argv: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      start: { type: 'boolean' },
      size: { type: 'boolean' },
      rounds: { type: 'string', default: '10' },
    },
  })
  const rounds = Number(values.rounds)
  const root = join(home, '..')
  const data = join(home, '.data', 'start')
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })
  const cores = { server: null, load: null, stub: null }
  const machine = machineNote(cores, syncMicros(join(data, 'sync')))

  const programs = starters(join(root, 'packages', 'cli', 'dist', 'bin.js'), data)
  const starts = new Map<string, Started[]>(programs.map(({ title }) => [title, []]))
  // The first round makes the folders of data and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const program of programs) {
      const started = await startProgram(program)
      if (round > 0) starts.get(program.title)?.push(started)
    }
  }
  rmSync(data, { recursive: true, force: true })
  const size: ProductionSize | null = values.size ? productionSize(root) : null
  const today = new Date().toISOString().slice(0, 10)
  const heading = `weapp-auth bench, ${today}${commitNote(home)}: start and idle memory. ${rounds} starts each, in turns, medians.`
  const text = startReport({ heading, machine, starts, size })
  if (rounds < 10 || !size) return text
  mkdirSync(join(home, 'results'), { recursive: true })
  writeFileSync(join(home, 'results', `${today}-start.txt`), text)
  return text
}
