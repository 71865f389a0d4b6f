import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { commands } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { nodeVersionProblem } from './node-version.ts'
import { variables } from './read-config.ts'
import { runCommand } from './run-command.ts'

/** What the commands load is no part of the time of a test. */
beforeAll(async () => {
  await Promise.all([import('./dev.ts'), import('./serve.ts'), import('./migrate.ts')])
}, 120_000)

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { terminal, out, err } = createFakeTerminal(env)
  return { code: await runCommand(args, terminal), out: out(), err: err() }
}

test('the help names every command, flag, variable and exit code', async () => {
  const { code, out } = await run(['--help'])
  expect(code).toBe(0)
  for (const name of Object.keys(commands)) expect(out).toContain(`  ${name} `)
  for (const { flags } of Object.values(commands))
    for (const flag of Object.keys(flags)) expect(out).toContain(`--${flag} `)
  for (const name of Object.keys(variables)) expect(out).toContain(`  ${name} `)
  for (const row of Object.values(exitCodes)) {
    expect(out).toContain(`  ${row.code}`)
    expect(out).toContain(row.meaning.zh)
    expect(out).toContain(row.meaning.en)
  }
})

test('the help of a command does not start it', async () => {
  expect((await run(['serve', '--help'])).out).toBe((await run(['--help'])).out)
})

test('without a command the help is printed, and that is a wrong use', async () => {
  const { code, out } = await run([])
  expect(code).toBe(64)
  expect(out).toContain('weapp-auth <')
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(await run(['--version'])).toEqual({ code: 0, out: version, err: '' })
})

test.each([
  [['fly'], 'fly'],
  [['constructor'], 'constructor'],
  [['dev', '--what'], '--what'],
  [['dev', '--port'], '--port'],
  [['serve', '--emulator-port=1'], '--emulator-port'],
  [['migrate', 'now'], 'now'],
])('%j is a wrong use, said in both languages', async (args, named) => {
  const { code, err } = await run(args)
  const [zh = '', en = ''] = err.split('\n')
  expect(code).toBe(64)
  expect(zh).toMatch(/[\u4e00-\u9fff]/)
  expect(en).toMatch(/^[ -~]+$/)
  expect(zh).toContain(named)
  expect(en).toContain(named)
})

test('a wrong variable ends the command with 78, Chinese first', async () => {
  const { code, err } = await run(['migrate'], { PORT: 'x' })
  expect(code).toBe(78)
  expect(err).toBe(
    '--port / PORT 应当是 0 到 65535 的整数，当前为 "x"。\n--port / PORT must be a whole number from 0 to 65535, not "x".',
  )
})

test('something unexpected ends the command with 70 and is shown', async () => {
  const { terminal, err } = createFakeTerminal()
  const env = new Proxy(
    {},
    {
      get() {
        throw new Error('unexpected')
      },
    },
  )
  expect(await runCommand(['migrate'], { ...terminal, env })).toBe(70)
  expect(err()).toContain('Error: unexpected')
})

test.each(['18.20.8', '20.18.3', '20.0.0', '0.12.0'])('Node %s is too old, said in both languages', version => {
  const [zh, en] = (nodeVersionProblem(version) ?? '').split('\n')
  expect(zh).toContain(`需要 Node.js 20.19 或更高版本（推荐 22 或 24），当前是 ${version}`)
  expect(en).toContain(`Node.js 20.19 or later is needed (22 or 24 recommended), this is ${version}`)
})

test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('Node %s is fine', version => {
  expect(nodeVersionProblem(version)).toBeNull()
})
