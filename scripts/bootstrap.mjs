/**
 * Makes a fresh clone ready to run with nothing but Node: checks the version, installs what the lockfile names and
 * compiles what changed. Quick when nothing changed. Node built-ins only.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeVersionProblem } from './node-version.mjs'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamps = join(root, 'node_modules', '.weapp-auth')

/** Ends the process with exit code 78 when this Node cannot run the project. */
export function requireNode() {
  const problem = nodeVersionProblem(process.versions.node)
  if (!problem) return
  console.error(problem)
  process.exit(78)
}

/**
 * Installs the locked dependencies, unless the last installation was of the same lockfile by the same Node. Not `npm ci`:
 * it refuses a lockfile that was made where the binaries of another platform could not be had.
 */
export function ensureInstalled(folder = root) {
  const name = folder === root ? 'installed' : `installed-${basename(folder)}`
  const wanted = digest([readFileSync(join(folder, 'package-lock.json')), process.versions.modules])
  if (stamp(name) === wanted && existsSync(join(folder, 'node_modules'))) return
  const where = folder === root ? '' : ` (${relative(root, folder)})`
  say(`正在安装依赖，首次约需一两分钟 / installing dependencies, a minute or two the first time${where}`)
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    advice: `依赖没有装好${where}，后面的步骤都没有运行：请检查到 npm 的网络 / the dependencies were not installed${where} and nothing after that was run: check the network to npm`,
  })
  if (folder === root) ensureNative()
  writeStamp(name, wanted)
}

/** The one native module has to be made again when Node itself was changed; an installation does not notice that. */
function ensureNative() {
  const attempt = ['-e', "new (require('better-sqlite3'))(':memory:')"]
  if (spawnSync(process.execPath, attempt, { cwd: root, stdio: 'ignore' }).status === 0) return
  say('正在为这个版本的 Node 重新编译 SQLite / compiling SQLite for this version of Node')
  run('npm', ['rebuild', 'better-sqlite3', '--loglevel=error'])
}

/** Compiles the packages, unless no source is newer than the last build. */
export function ensureBuilt() {
  const wanted = digest(
    sources().map(file => `${relative(root, file)}:${statSync(file).mtimeMs}:${statSync(file).size}`),
  )
  if (stamp('built') === wanted && existsSync(join(root, 'packages', 'web', 'dist', 'phone', 'index.html'))) return
  say('正在编译 / compiling')
  build()
  writeStamp('built', wanted)
}

/** TypeScript first, then the two bundles that are made from it: the client for mini programs and the web pages. */
export function build() {
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'])
  run(process.execPath, [join(root, 'packages', 'client', 'build.mjs')])
  run(process.execPath, [join(root, 'packages', 'web', 'build.mjs')])
}

/** Runs a program in the project's root; when it fails, prints `advice` and ends this process with its exit code. */
export function run(command, args, { advice, ...options } = {}) {
  const windowsShell = process.platform === 'win32' && command === 'npm'
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windowsShell, ...options })
  if (result.error) {
    console.error(`无法运行 ${command} / cannot run ${command}: ${result.error.message}`)
    process.exit(69)
  }
  if (result.status === 0) return
  if (advice) console.error(advice)
  process.exit(result.status ?? 1)
}

export function say(text) {
  console.log(`· ${text}`)
}

function sources() {
  const files = ['tsconfig.json', 'tsconfig.base.json', 'package-lock.json'].map(name => join(root, name))
  const folders = [join(root, 'bench', 'src'), join(root, 'examples', 'native')]
  for (const name of readdirSync(join(root, 'packages'))) folders.push(join(root, 'packages', name))
  for (const folder of folders) collect(folder, files)
  return files.sort()
}

function collect(folder, files) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'miniprogram_dist', 'vectors', 'test'].includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) collect(path, files)
    else if (!/\.(test\.ts|md)$/.test(entry.name)) files.push(path)
  }
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function stamp(name) {
  try {
    return readFileSync(join(stamps, name), 'utf8')
  } catch {
    return null
  }
}

function writeStamp(name, text) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), text)
}
