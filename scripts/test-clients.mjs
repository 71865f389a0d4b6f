/** Only the tests of conformance/independent-clients, with the installation that they need. */
import { join } from 'node:path'
import { ensureInstalled, requireNode, root, run } from './bootstrap.mjs'

const clients = join('conformance', 'independent-clients')

requireNode()
ensureInstalled()
ensureInstalled(join(root, clients))
run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', clients])
