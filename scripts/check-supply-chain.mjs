/**
 * Proves what our packages bring along: every locked package is pinned by its hash and comes from npm's registry, has a
 * licence that we accept, and is in the list that was reviewed, `production-dependencies.json`; nothing of ours runs when
 * it is installed. `--write` writes that list anew, `--bom` prints a bill of materials of `weapp-auth` (CycloneDX).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'
import { installedWith, installers, lockProblems } from './lockfile.mjs'
import { bomOf, bomProblems, changes, isAllowed, packageProblems } from './supply-chain.mjs'

const read = path => JSON.parse(readFileSync(join(root, path), 'utf8'))
const reviewedList = 'scripts/production-dependencies.json'
const lock = read('package-lock.json')
const others = ['conformance/embedding', 'conformance/independent-clients', 'examples/taro', 'examples/uni-app']
const ours = readdirSync(join(root, 'packages')).map(name => `packages/${name}`)

const present = Object.fromEntries(
  ours.map(path => [lock.packages[path].name, installedWith(lock, path).map(nameAndVersion).sort()]),
)
const installed = ours.flatMap(path => installedWith(lock, path)).filter(({ name }) => !isOurs(name))
const bom = bomOf(installedWith(lock, 'packages/cli', { optional: false }), new Date().toISOString())

if (process.argv.includes('--bom')) console.log(JSON.stringify(bom, null, 2))
else if (process.argv.includes('--write'))
  writeFileSync(
    join(root, reviewedList),
    `${JSON.stringify({ lists: present, installers: installers(lock) }, null, 2)}\n`,
  )
else prove()

function prove() {
  const reviewed = read(reviewedList)
  const problems = [
    ...[['', lock], ...others.map(path => [path, read(`${path}/package-lock.json`)])].flatMap(([path, one]) =>
      lockProblems(one).map(problem => `${path}/package-lock.json: ${problem}`),
    ),
    ...ours.flatMap(path => packageProblems(read(`${path}/package.json`))),
    ...installed.filter(({ license }) => !isAllowed(license)).map(({ name, license }) => `${name} is under ${license}`),
    ...changes(reviewed.lists, present),
    ...changes({ installers: reviewed.installers }, { installers: installers(lock) }),
    ...bomProblems(bom),
  ]
  for (const [name, list] of Object.entries(present)) console.log(`${name}: ${list.length - 1} packages`)
  if (problems.length === 0) return
  console.error([...new Set(problems)].join('\n'))
  console.error(
    `\nWhat is meant to change is reviewed first, then written down by "node scripts/check-supply-chain.mjs --write".`,
  )
  process.exit(1)
}

function nameAndVersion({ name, version }) {
  return isOurs(name) ? name : `${name}@${version}`
}

function isOurs(name) {
  return name === 'weapp-auth' || name.startsWith('@weapp-auth/')
}
