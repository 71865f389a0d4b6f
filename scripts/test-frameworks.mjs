/**
 * `npm run test:frameworks`: builds the examples with their frameworks' own compilers, the packed client inside, and runs
 * what came out on the emulator. Some minutes the first time; ends with a plain count.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root, run, say } from './bootstrap.mjs'

/** The examples and the scripts that build them. */
const examples = [
  ['uni-app', 'build'],
  ['taro', 'build', 'build:webpack5'],
]

requireNode()
ensureInstalled()
ensureBuilt()
const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-frameworks-'))
const tarball = packClient()
for (const [name, ...builds] of examples) {
  const example = join(root, 'examples', name)
  ensureInstalled(example)
  unpackClient(join(example, 'node_modules', '@weapp-auth', 'client'))
  rmSync(join(example, 'dist'), { recursive: true, force: true })
  for (const script of builds) {
    say(`正在构建 / building examples/${name} (${script})`)
    run('npm', ['run', '--silent', script], { cwd: example })
  }
}
const { passed, failed } = runScenarios()
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** The package as it would be published, not a link to its sources. */
function packClient() {
  const client = join(root, 'packages', 'client')
  run('npm', ['pack', client, '--pack-destination', folder, '--silent'])
  return join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '')
}

function unpackClient(target) {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
}

function runScenarios() {
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`]
  const env = { ...process.env, WEAPP_AUTH_FRAMEWORKS: '1' }
  const { status } = spawnSync(process.execPath, [vitest, 'run', 'conformance/frameworks', ...reporters], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  // An error outside of any test fails the run too; only the exit code tells of it.
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  return { passed: numPassedTests, failed: status === 0 ? 0 : Math.max(1, numFailedTests) }
}
