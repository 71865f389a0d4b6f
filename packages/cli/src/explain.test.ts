import { expect, test } from 'vitest'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { runCommand } from './run-command.ts'

async function run(args: readonly string[], input = '') {
  const fake = createFakeTerminal({}, input)
  const code = await runCommand(['explain', ...args], fake.terminal)
  return { code, out: fake.out(), err: fake.err() }
}

test('a pasted answer is explained in both languages, with its cure and who can', async () => {
  const { code, out } = await run(['{"errcode":40164,"errmsg":"invalid ip 203.0.113.8, not in whitelist"}'])
  expect(code).toBe(0)
  expect(out.split('\n')).toEqual([
    '[errcode 40164] 服务器 IP 不在白名单中。 / The IP address of the server is not on the allow list.',
    expect.stringMatching(/^ {4}修复：/),
    expect.stringMatching(/^ {4}fix: Add/),
    '    谁来处理 who: 运营人员 / an operator',
  ])
})

test('words need no quotes, -1 is no flag, and standard input is read when there are none', async () => {
  expect((await run(['getPhoneNumber:fail', 'no', 'permission'])).out).toContain('[getPhoneNumber:fail no permission]')
  expect((await run(['-1'])).out).toContain('[errcode -1]')
  expect((await run([], '{"errno":112}')).out).toContain('[errno 112]')
})

test('--json is for programs', async () => {
  const { out } = await run(['code_consumed', '--json'])
  expect(JSON.parse(out)).toMatchObject({
    explanations: [{ kind: 'problem', subject: 'code_consumed', who: 'developer' }],
  })
})

test('what nobody knows ends with 64 and says what can be pasted', async () => {
  const { code, err } = await run(['hello'])
  expect([code, err]).toEqual([64, expect.stringMatching(/没有认出.*\n.*Paste/)])
  expect((await run(['40029', '--loud'])).code).toBe(64)
})
