import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { emulatorFromSeed } from './emulator-from-seed.ts'

const GOOD = `# A tea house.
apps:
  - appId: wx0000000000000001
    secret: '00000000000000000000000000000001'
    name: Tea
    push: { url: 'http://127.0.0.1:1/push', token: AAAAA, encodingAesKey: jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C }
people:
  - id: lin
    name: 林
    phones:
      - number: '12000000001'
startAt: 2026-11-20T08:00:00Z
seed: 7
setup:
  - decisions: { personId: lin, decision: { decision: deny } }
  - faults: { api: code2Session, fault: busy, times: forever }
`

async function seedFile(text: string, name = 'seed.yaml'): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, text)
  return path
}

async function grow(text: string, name?: string) {
  const emulator = await emulatorFromSeed(await seedFile(text, name))
  onTestFinished(() => emulator.close())
  return emulator
}

test('a YAML seed holds the options of createEmulator, and is planted again by a reset', async () => {
  const emulator = await grow(GOOD)
  const { control } = emulator
  expect(control.apps.all()).toMatchObject([{ name: 'Tea', push: { mode: 'secure' } }])
  expect(new Date(control.clock.now()).toISOString()).toMatch(/^2026-11-20T08:00:0/)
  for (const _ of ['first', 'after a reset']) {
    expect(control.faults.pending()).toHaveLength(1)
    expect((await emulator.wx('lin', 'wx0000000000000001').tapPhoneButton()).errMsg).toContain('deny')
    control.faults.clear()
    control.reset()
  }
})

test('a JSON seed is the same', async () => {
  const apps = [{ appId: 'wx0000000000000001', secret: '0'.repeat(32), name: 'Tea' }]
  const { control } = await grow(JSON.stringify({ apps, people: [] }), 'seed.json')
  expect(control.apps.all()).toMatchObject(apps)
})

test.each([
  ['a bad value', GOOD.replace('wx0000000000000001', 'wx1'), 3, '"apps[0].appId"'],
  ['a deep one', GOOD.replace('token: AAAAA', 'token: A'), 6, '"apps[0].push.token"'],
  ['a missing field', GOOD.replace('    name: Tea\n', ''), 3, '"apps[0].name"'],
  ['a missing list', GOOD.replace('people:', 'persons:'), 2, '"people" must be an array'],
  ['a field with a typo', GOOD.replace('startAt', 'startsAt'), 12, '"startsAt": there is no such field'],
  ['a deep typo', GOOD.replace('    phones:', '    highrisk: true\n    phones:'), 10, '"people[0].highrisk"'],
  ['an unknown control call', GOOD.replace('- faults', '- fault'), 16, '"setup[1].fault" must be one of'],
  ['a bad control call', GOOD.replace('code2Session', 'login'), 16, '"setup[1].faults.api"'],
  ['a typo in a control call', GOOD.replace('times:', 'time:'), 16, '"setup[1].faults.time": there is no such field'],
  ['an unquoted number', GOOD.replace("'12000000001'", '12000000001'), 11, 'Put a text of digits in quotes.'],
  ['a tab', GOOD.replace('    name: Tea', '\tname: Tea'), 5, 'is not correct YAML or JSON'],
  ['a key twice', GOOD.replace('seed: 7', 'seed: 7\nseed: 8'), 14, 'is not correct YAML or JSON'],
  ['half of a file', GOOD.slice(0, 150), 6, 'is not correct YAML or JSON'],
  ['a list', '- 1', 1, 'the file must be an object'],
  ['nothing', '', 1, 'the file must be an object'],
])('a seed with %s is refused with its line and field, in both languages', async (_, text, line, part) => {
  const path = await seedFile(text)
  await expect(emulatorFromSeed(path)).rejects.toMatchObject({
    code: 65,
    sentence: {
      en: expect.stringMatching(new RegExp(`seed\\.yaml.*line ${line}\\b`)),
      zh: expect.stringMatching(new RegExp(`seed\\.yaml.*第 ${line} 行`)),
    },
  })
  await expect(emulatorFromSeed(path)).rejects.toThrow(part)
})

test('a seed that is not there is named', async () => {
  await expect(emulatorFromSeed('/nowhere/seed.yaml')).rejects.toMatchObject({
    code: 69,
    sentence: { en: 'The seed file /nowhere/seed.yaml cannot be read (ENOENT).' },
  })
})
