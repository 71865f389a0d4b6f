import { expect, test } from 'vitest'
import { installedWith, installers, lockProblems } from './lockfile.mjs'
import { bomOf, bomProblems, changes, isAllowed, packageProblems } from './supply-chain.mjs'

const integrity = `sha512-${'A'.repeat(86)}==`
const lock = {
  packages: {
    'packages/ours': {
      name: 'ours',
      version: '1.0.0',
      license: 'MIT',
      dependencies: { a: '1.0.0' },
      optionalDependencies: { o: '1.0.0' },
    },
    'node_modules/ours': { link: true, resolved: 'packages/ours' },
    'node_modules/a': {
      version: '1.0.0',
      license: 'ISC',
      integrity,
      dependencies: { b: '^1' },
      peerDependencies: { p: '1', q: '1' },
      peerDependenciesMeta: { q: { optional: true } },
    },
    'node_modules/a/node_modules/b': { version: '2.0.0', license: 'MIT', integrity, dependencies: { a: '^1' } },
    'node_modules/b': { version: '1.0.0', license: 'MIT', integrity },
    'node_modules/p': { version: '1.0.0', license: 'MIT', integrity, hasInstallScript: true },
    'node_modules/q': { version: '1.0.0', license: 'MIT', integrity },
    'node_modules/o': { version: '1.0.0', license: 'MIT', integrity },
  },
}

test('an installation brings dependencies as Node finds them, and peers that are not optional', () => {
  const names = installedWith(lock, 'packages/ours').map(({ path }) => path)
  expect(names).toEqual([
    'packages/ours',
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/p',
    'node_modules/o',
  ])
  expect(installedWith(lock, 'packages/ours', { optional: false }).map(({ name }) => name)).not.toContain('o')
  expect(installers(lock)).toEqual(['p'])
})

test('a package from elsewhere and one without its hash are found', () => {
  expect(lockProblems(lock)).toEqual([])
  const from = resolved => lockProblems({ packages: { 'node_modules/a': { resolved, integrity } } })
  expect(from('https://registry.npmjs.org/a/-/a-1.0.0.tgz')).toEqual([])
  expect(from('https://mirror.example/a.tgz')).toEqual(['node_modules/a comes from mirror.example'])
  expect(lockProblems({ packages: { 'node_modules/a': { integrity: 'sha1-AAAA' } } })).toHaveLength(1)
})

test('of several licences one that is accepted is enough, and an unknown one is none', () => {
  expect(['MIT', '(MIT OR WTFPL)', 'GPL-3.0 OR ISC'].filter(isAllowed)).toHaveLength(3)
  expect(['GPL-3.0', 'UNLICENSED', '', '(MIT AND GPL-3.0)'].filter(isAllowed)).toEqual([])
})

test('a package of ours runs nothing at installation, lists its files, pins its dependencies and proves its origin', () => {
  const good = {
    name: '@weapp-auth/x',
    files: ['dist'],
    publishConfig: { provenance: true },
    dependencies: { a: '1.0.0' },
  }
  expect(packageProblems(good)).toEqual([])
  expect(packageProblems({ ...good, scripts: { postinstall: 'x' } })).toHaveLength(1)
  expect(packageProblems({ ...good, files: undefined })).toHaveLength(1)
  expect(packageProblems({ ...good, publishConfig: {} })).toHaveLength(1)
  expect(packageProblems({ ...good, dependencies: { a: '^1.0.0' } })).toHaveLength(1)
  expect(packageProblems({ ...good, name: '@weapp-auth/client' })).toHaveLength(1)
})

test('a dependency that came, went or changed is told', () => {
  expect(changes({ x: ['a@1'] }, { x: ['a@1'] })).toEqual([])
  expect(changes({ x: ['a@1'], y: [] }, { x: ['a@2'] })).toHaveLength(3)
})

test('the bill of materials names every component with its hash and licence, and every reference leads somewhere', () => {
  const bom = bomOf(installedWith(lock, 'packages/ours'), '2026-01-01T00:00:00.000Z')
  expect(bomProblems(bom)).toEqual([])
  expect(bom.components[0]).toMatchObject({ name: 'a', purl: 'pkg:npm/a@1.0.0', hashes: [{ alg: 'SHA-512' }] })
  expect(bomProblems({ ...bom, components: bom.components.slice(1) })).not.toEqual([])
  expect(bomProblems({ ...bom, specVersion: '1' })).toHaveLength(1)
})
