/** Writes the pages that are made from the registers: `node scripts/registers.mjs`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './bootstrap.mjs'
import { readRegisters, readText } from './read-registers.mjs'
import { countsTable } from './register-counts.mjs'
import { between, pageOf } from './register-tables.mjs'

/** Path and text of every page that is made. */
export function pages() {
  const registers = readRegisters()
  const told = between(readText('SECURITY.md'), 'counts', countsTable(registers))
  const tables = registers.map(({ name, register }) => [`docs/security/${name}.md`, pageOf(name, register)])
  return [...tables, ['SECURITY.md', told]]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of pages()) writeFileSync(join(root, path), text)
}
