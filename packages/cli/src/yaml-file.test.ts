import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { CliFault } from './cli-fault.ts'
import { readYamlFile } from './yaml-file.ts'

const kind = { zh: '配置文件', en: 'The configuration file' }

async function read(text: string, folder?: string) {
  const path = join(folder ?? (await temporaryFolder()), 'hostile.yaml')
  await writeFile(path, text)
  return readYamlFile(path, kind)
}

const laughs = [
  'a: &a [1, 1]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, at) => bomb(name, 'abcdefg'[at] ?? '')),
]

function bomb(name: string, before: string): string {
  return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`
}

test.each([
  ['aliases that multiply', laughs.join('\n'), 8, 'TOO_MANY_ALIASES'],
  ['an alias of what it stands in', 'apps: 1\nloop: &loop [1, *loop]', 2, 'CIRCULAR_ALIAS'],
  ['a merge of no object', '%YAML 1.1\n---\na: &a 1\nb: { <<: *a }', 4, 'BAD_MERGE'],
  ['lists in each other', `apps:\n  ${'['.repeat(100_000)}`, 2, 'TOO_DEEP'],
  ['lists in each other, by dashes', `apps:\n  ${'- '.repeat(20_000)}1`, 2, 'TOO_DEEP'],
  ['objects in each other', `${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`, 1, 'TOO_DEEP'],
])('%s are told by file and line', async (_, text, line, code) => {
  const fault = await read(text).catch(error => error)
  expect(fault).toMatchObject({ code: 65 })
  expect(fault.sentence.en).toMatch(new RegExp(`hostile\\.yaml .* at line ${line}, column \\d+ \\(${code}\\)`))
  expect(fault.sentence.zh).toContain(`第 ${line} 行`)
})

const pieces = ['a', 'b: ', '1', ' ', '\n', '\n  ', '- ', ': ', '? ', '[', ']', '{', '}', ', ', '&a ', '*a', '<<: *a']
const odd = [
  '"',
  "'",
  '|\n',
  '>\n',
  '#',
  '!!set ',
  '!!binary ',
  '!!omap ',
  '%YAML 1.1\n---\n',
  '---\n',
  '...\n',
  '\t',
  '\0',
]

test('whatever stands in a file is read, or told by file and line', async () => {
  const texts = fc.array(fc.constantFrom(...pieces, ...odd, '__proto__: ', '\u{1f600}'), { maxLength: 30 })
  const folder = await temporaryFolder()
  await fc.assert(
    fc.asyncProperty(texts, async some => {
      const outcome = await read(some.join(''), folder).catch(error => error)
      if (!(outcome instanceof Error)) return
      expect(outcome).toBeInstanceOf(CliFault)
      expect(outcome).toMatchObject({ code: 65 })
      expect((outcome as CliFault).sentence.en).toMatch(/hostile\.yaml.* line [1-9]/)
    }),
    { numRuns: 200 },
  )
})
