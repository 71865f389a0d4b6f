/** `npm run bench`: measures against the baselines of the same run. Flags go to bench; see bench/README.md. */
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root, run } from './bootstrap.mjs'

requireNode()
ensureInstalled()
ensureBuilt()
run(process.execPath, [join(root, 'bench', 'dist', 'main.js'), ...process.argv.slice(2)])
