/**
 * `npm run test:frameworks`: builds the examples with their frameworks' own compilers, the packed client inside, and runs
 * what came out on the emulator, in a Node vm, in a Chromium and on the phone page. Some minutes the first time; ends with a plain count.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ensureBuilt, ensureInstalled, requireNode, root, run, say } from './bootstrap.mjs'

/** The examples: where each build leaves the mini program, by the script that makes it. */
const examples = {
  'uni-app': { build: 'dist/build/mp-weixin' },
  taro: { build: 'dist/vite', 'build:webpack5': 'dist/webpack5' },
}

requireNode()
ensureInstalled()
ensureBuilt()
const { ensureChromium } = await import('./chromium.mjs')
const chromium = ensureChromium()
const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-frameworks-'))
const tarball = packClient()
for (const [name, builds] of Object.entries(examples)) {
  const example = join(root, 'examples', name)
  ensureInstalled(example)
  unpackClient(join(example, 'node_modules', '@weapp-auth', 'client'))
  rmSync(join(example, 'dist'), { recursive: true, force: true })
  // With the types that are published; what stands in .vue files is left to their own compiler.
  run(process.execPath, [join(example, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit'], { cwd: example })
  for (const [script, output] of Object.entries(builds)) {
    say(`正在构建 / building examples/${name} (${script})`)
    run('npm', ['run', '--silent', script], { cwd: example })
    const { bytes, zipped } = weigh(join(example, output))
    say(`examples/${name}/${output}: ${kilo(bytes)}, gzip ${kilo(zipped)}`)
  }
}
const { passed, failed } = runScenarios()
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function weigh(output) {
  const paths = readdirSync(output, { recursive: true }).filter(path => /\.(js|json|wxml|wxss|wxs)$/.test(path))
  const files = paths.map(path => readFileSync(join(output, path)))
  const sum = sizes => sizes.reduce((total, size) => total + size, 0)
  return {
    bytes: sum(files.map(file => file.length)),
    zipped: sum(files.map(file => gzipSync(file, { level: 9 }).length)),
  }
}

function kilo(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`
}

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
  const env = { ...process.env, WEAPP_AUTH_FRAMEWORKS: '1', ...(chromium ? { CHROMIUM_PATH: chromium } : {}) }
  const tests = ['conformance/frameworks', 'packages/web/test/programs.test.ts']
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...tests, ...reporters], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  // An error outside of any test fails the run too; only the exit code tells of it.
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  return { passed: numPassedTests, failed: status === 0 ? 0 : Math.max(1, numFailedTests) }
}
