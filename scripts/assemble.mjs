/**
 * Puts together what production needs, and nothing else: `node scripts/assemble.mjs FOLDER`. Our packages as npm would
 * publish them, and from the installation here, which the lockfile pins, what they need while they run: no emulator, no
 * phone, no compiler, no types, no installer. The image of deploy/Dockerfile is made of this folder.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './bootstrap.mjs'
import { installedWith } from './lockfile.mjs'

/** What is needed to compile or to type, and never loaded: `better-sqlite3` is compiled when this runs. */
const notAtRunTime = new Set(['prebuild-install', '@types/node'])
/** SQLite's source, and what the compiler left behind. */
const notOfSqlite = /better-sqlite3\/(deps|src|build\/(?!Release\/better_sqlite3\.node$|Release$))/

/** Answers the paths in the folder of all packages that are now there. */
export function assemble(folder) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const parts = installedWith(lock, 'packages/cli', { optional: false, without: notAtRunTime })
  const places = new Map(parts.map(part => [part.path, placeOf(part, lock)]))
  for (const part of parts) {
    const from = join(root, part.path)
    const to = join(folder, places.get(part.path))
    for (const file of part.path.startsWith('packages/') ? publishedFiles(from) : ['.']) copy(from, to, file)
  }
  return [...places.values()]
}

function placeOf({ path, name }, { packages }) {
  const owner = /^packages\/[^/]+/.exec(path)?.[0]
  if (!owner) return path
  return join('node_modules', owner === path ? name : packages[owner].name, path.slice(owner.length))
}

/** As npm decides by `files` of its package.json. */
function publishedFiles(from) {
  const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: from, encoding: 'utf8' }))
  return files.map(({ path }) => path)
}

function copy(from, to, file) {
  mkdirSync(dirname(join(to, file)), { recursive: true })
  const isPart = path => {
    const inside = path.slice(from.length).split(sep).join('/')
    return !inside.includes('/node_modules') && !notOfSqlite.test(path.split(sep).join('/'))
  }
  cpSync(join(from, file), join(to, file), { recursive: true, filter: isPart })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2)
  if (!folder) throw new Error('usage: node scripts/assemble.mjs FOLDER')
  console.log(assemble(folder).join('\n'))
}
