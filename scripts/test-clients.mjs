/**
 * Only the tests against software that nobody here wrote, with the installations that they need: clients of WeChat
 * and of OAuth, web frameworks, JWT libraries of other languages.
 */
import { join } from 'node:path'
import { ensureInstalled, requireNode, root, run } from './bootstrap.mjs'

const folders = ['independent-clients', 'embedding'].map(name => join('conformance', name))

requireNode()
ensureInstalled()
for (const folder of folders) ensureInstalled(join(root, folder))
run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...folders])
