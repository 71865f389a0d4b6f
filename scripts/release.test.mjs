import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from './bootstrap.mjs'

const copy = mkdtempSync(join(tmpdir(), 'weapp-auth-release-'))
const published = readdirSync(join(root, 'packages')).map(name => join('packages', name))
const inner = ['bench', 'conformance', join('examples', 'native')]
const read = (...path) => JSON.parse(readFileSync(join(...path, 'package.json'), 'utf8'))

afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('a change of one package gives all of them the next version, by which they depend on each other', () => {
  for (const path of ['.', ...published, ...inner]) {
    mkdirSync(join(copy, path), { recursive: true })
    cpSync(join(root, path, 'package.json'), join(copy, path, 'package.json'))
  }
  for (const path of ['package-lock.json', join('.changeset', 'config.json')])
    cpSync(join(root, path), join(copy, path))
  const words = '---\n"@weapp-auth/protocol": patch\n---\n\nA table is right again.\n'
  writeFileSync(join(copy, '.changeset', 'a-table.md'), words)
  const changesets = join(root, 'node_modules', '@changesets', 'cli', 'bin.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [changesets, 'version'], {
    cwd: copy,
    encoding: 'utf8',
  })
  expect(status, stdout + stderr).toBe(0)

  const names = published.map(path => read(copy, path).name)
  const [major, minor, patch] = read(root, 'packages', 'protocol').version.split('.').map(Number)
  const next = `${major}.${minor}.${patch + 1}`
  for (const path of published) {
    const { version, dependencies, optionalDependencies, devDependencies } = read(copy, path)
    const ours = Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies }).filter(([name]) =>
      names.includes(name),
    )
    expect({ path, versions: [...new Set([version, ...ours.map(([, range]) => range)])] }).toEqual({
      path,
      versions: [next],
    })
  }
  expect(readFileSync(join(copy, 'packages', 'protocol', 'CHANGELOG.md'), 'utf8')).toContain('A table is right again.')
  for (const path of inner) {
    expect(read(copy, path)).toEqual(read(root, path))
    expect(existsSync(join(copy, path, 'CHANGELOG.md'))).toBe(false)
  }
}, 120_000)
