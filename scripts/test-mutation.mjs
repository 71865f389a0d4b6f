/**
 * `npm run test:mutation`: Stryker over the core modules, group by group, each with the tests that prove it. Writes
 * what it found into docs/security/mutation.md and fails when a group is below 90 %. `-- keys verify` runs those groups.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, requireNode, root, say } from './bootstrap.mjs'
import { coreModules } from './core-modules.mjs'
import { countsOf, pageWith, rowOf } from './mutation-page.mjs'

requireNode()
ensureInstalled()

const page = join(root, 'docs', 'security', 'mutation.md')
const wanted = process.argv.slice(2)
const unknown = wanted.filter(id => !coreModules.some(group => group.id === id))
if (unknown.length > 0) {
  console.error(`没有这一组 / no such group: ${unknown.join(', ')}`)
  process.exit(1)
}
const failed = coreModules.filter(({ id }) => wanted.length === 0 || wanted.includes(id)).filter(group => !run(group))
if (failed.length > 0) console.error(`变异得分不足 / below the score: ${failed.map(({ id }) => id).join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)

function run(group) {
  say(`变异测试 / mutants of ${group.id}`)
  const report = join(root, 'reports', `mutation-${group.id}.json`)
  rmSync(report, { force: true })
  const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')
  const env = { ...process.env, WEAPP_AUTH_MUTATION: group.id }
  const { status } = spawnSync(process.execPath, [stryker, 'run'], { cwd: root, stdio: 'inherit', env })
  if (!existsSync(report)) return false
  write(rowOf(group, countsOf(JSON.parse(readFileSync(report, 'utf8'))), stamp()))
  return status === 0
}

function write(row) {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  writeFileSync(page, pageWith(before, [row], coreModules))
}

function stamp() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--', 'packages', 'scripts') === '' ? '' : '*'
  return { date: new Date().toISOString().slice(0, 10), commit: `${git('rev-parse', '--short', 'HEAD')}${changed}` }
}
