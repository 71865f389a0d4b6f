/**
 * `npm test`: everything that must hold, from a fresh clone: types, lint, import table, dead code, then all tests.
 * Goes on after a failure, so that one run tells all; ends with a plain count. `--slow` runs what is left out
 * for its minutes, and nothing else, `--security` the attacks and faults; `--long` runs all, each race at its full length,
 * and the soak of bench.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root, say } from './bootstrap.mjs'
import { patternOf, securityTests } from './security-tests.mjs'
import { slowTests } from './slow-tests.mjs'

requireNode()
ensureInstalled()
for (const name of ['independent-clients', 'embedding']) ensureInstalled(join(root, 'conformance', name))
ensureBuilt()

const { ensureChromium } = await import('./chromium.mjs')
const chromium = ensureChromium()
const long = process.argv.includes('--long')
const stage = stageOf(process.argv)
const bin = (...path) => [process.execPath, join(root, 'node_modules', ...path)]

const claims = [
  ['tests are typed', ...bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.test.json'],
  ['pages are typed', ...bin('vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit', '-p', 'packages/web'],
  ['the mini program is typed', ...bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'examples/native'],
  ['format and lint are clean', ...bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--error-on-warnings', '.'],
  ['imports run one way', process.execPath, join(root, 'scripts', 'check-imports.mjs')],
  ['examples compile', process.execPath, join(root, 'scripts', 'check-examples.mjs')],
  ['registers of security are true', process.execPath, join(root, 'scripts', 'check-registers.mjs')],
  ['what is installed is what was reviewed', process.execPath, join(root, 'scripts', 'check-supply-chain.mjs')],
  ['the public interface is as it was written down', process.execPath, join(root, 'scripts', 'api-report.mjs')],
  ['nothing is dead', ...bin('knip', 'bin', 'knip.js')],
]

const total = { passed: 0, failed: 0 }
if (!stage) for (const [claim, command, ...args] of claims) count(claim, check(command, args))
const tests = runTests()
total.passed += tests.passed
total.failed += tests.failed
if (long) {
  const soak = check(process.execPath, [join(root, 'bench', 'dist', 'main.js'), '--soak'])
  count('half an hour of mixed load on a million users leaks nothing', soak)
}
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)

/** The tests of the stage that was asked for; none for `npm test` itself. */
function stageOf(args) {
  if (args.includes('--slow')) return slowTests
  return args.includes('--security') ? securityTests : undefined
}

function check(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (result.status !== 0) console.error(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`)
  return result.status === 0
}

function count(claim, holds) {
  total[holds ? 'passed' : 'failed'] += 1
  say(`${holds ? 'holds' : 'BROKEN'}: ${claim}`)
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-test-'))
  const report = join(folder, 'report.json')
  const [command, vitest] = bin('vitest', 'vitest.mjs')
  const env = {
    ...process.env,
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
    ...(long ? { WEAPP_AUTH_LONG: '1' } : {}),
  }
  const left = long ? [] : [...slowTests, ...securityTests].flatMap(entry => ['--exclude', patternOf(entry)])
  const reports = ['--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile=${report}`]
  spawnSync(command, [vitest, 'run', ...(stage ?? left), ...reports], { cwd: root, stdio: 'inherit', env })
  try {
    return countsOf(JSON.parse(readFileSync(report, 'utf8')))
  } catch {
    console.error('测试没有跑完 / the tests did not finish')
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that could not even be loaded counts as one failure, and so does an error outside of any test. */
function countsOf(report) {
  const broken = report.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.length === 0,
  ).length
  const failed = report.numFailedTests + broken
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(1, failed) }
}
