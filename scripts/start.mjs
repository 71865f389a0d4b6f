/** `npm start`: a fresh clone becomes a running system, all examples on its phone. Flags go to `weapp-auth dev`. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root } from './bootstrap.mjs'

requireNode()
ensureInstalled()
ensureBuilt()

const bin = join(root, 'packages', 'cli', 'dist', 'bin.js')
const child = spawn(process.execPath, [bin, 'dev', ...examples(), ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))

/** The examples as mini programs; those of frameworks too that are not built yet: the phone says how. */
function examples() {
  const folder = join(root, 'examples')
  const sources = join(folder, 'sources')
  const old = existsSync(sources)
    ? readdirSync(sources, { withFileTypes: true }).filter(entry => entry.isDirectory())
    : []
  const projects = [
    ...['native', 'uni-app', 'taro'].map(name => `${name}=${join(folder, name)}`),
    ...old.map(({ name }) => `${name}=${join(sources, name)}`),
  ]
  return projects.flatMap(project => ['--project', project])
}
