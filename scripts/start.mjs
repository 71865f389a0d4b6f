/** `npm start`: a fresh clone becomes a running system. Flags go to `weapp-auth dev`. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root } from './bootstrap.mjs'

requireNode()
ensureInstalled()
ensureBuilt()

const child = spawn(
  process.execPath,
  [join(root, 'packages', 'cli', 'dist', 'bin.js'), 'dev', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
