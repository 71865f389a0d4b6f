/** The registers in `docs/security`: what was tried against the product, and what proves that it held. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'

const folder = join(root, 'docs', 'security')

/** Every register that exists, by the name of its file. */
export function readRegisters() {
  const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : []
  return names.sort().map(name => ({
    name: name.replace(/\.json$/, ''),
    register: JSON.parse(readFileSync(join(folder, name), 'utf8')),
  }))
}

/** The text of a file of the project, or undefined. */
export function readText(path) {
  const file = join(root, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
