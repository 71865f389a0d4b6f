/**
 * Proves that imports run one way: reads every import of every source and holds it against `import-table.mjs`.
 * `node scripts/check-imports.mjs` prints the arrows it found; exit code 1 when one is not in the table.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { zones } from './import-table.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const names = Object.keys(zones).sort((a, b) => b.length - a.length)

/** The zone of a path such as `packages/server/src/http/routes.ts`: the longest folder of the table that holds it. */
export function zoneOf(path) {
  return names.find(name => path === name || path.startsWith(`${name}/`))
}

/** The refused imports of one file, each as a sentence; none for a file that keeps to the table. */
export function refusals(path, imports, table = zones) {
  const from = zoneOf(path)
  if (!from) return []
  const { may, publicOnly } = table[from]
  return imports.map(specifier => refusal(path, from, specifier, may, publicOnly)).filter(text => text !== null)
}

function refusal(path, from, specifier, may, publicOnly) {
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(path), specifier))
    const to = zoneOf(target)
    if (to === from) return null
    if (publicOnly) return `${path}: "${specifier}" reaches into another package; import its public entry`
    return may.some(allowed => allowed === '*' || allowed === to || allowed === target)
      ? null
      : `${path}: ${from} may not import ${to ?? target} ("${specifier}")`
  }
  const name = specifier.replace(/^@weapp-auth\//, '')
  const allowed = may.some(one => one === '*' || one === name || (one === 'node:*' && name.startsWith('node:')))
  return allowed ? null : `${path}: ${from} may not import "${specifier}"`
}

/** Every import specifier of a source text, type imports and dynamic imports with a literal included. */
export function importsOf(text) {
  return ts.preProcessFile(text, true, true).importedFiles.map(file => file.fileName)
}

/** Cycles of files by value, each as a list of paths; type-only imports cannot make one. */
export function cycles(graph) {
  const state = new Map()
  const found = []
  const visit = (node, trail) => {
    if (state.get(node) === 'done') return
    const at = trail.indexOf(node)
    if (at >= 0) return void found.push([...trail.slice(at), node])
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node])
    state.set(node, 'done')
  }
  for (const node of graph.keys()) visit(node, [])
  return found
}

function valueImportsOf(text) {
  return importsOf(text.replace(/\b(import|export)\s+type\b[^;]*?from\s*(['"]).*?\2/gs, ''))
}

function files(folder, found = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'miniprogram_dist', '.git', 'vectors'].includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) files(path, found)
    else if (/\.(ts|vue|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts')) found.push(path)
  }
  return found
}

function scriptOf(path) {
  const text = readFileSync(path, 'utf8')
  if (!path.endsWith('.vue')) return text
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(match => match[1]).join('\n')
}

function main() {
  const bad = []
  const arrows = new Map()
  const graph = new Map()
  for (const file of ['packages', 'conformance', 'bench', 'examples'].flatMap(folder => files(join(root, folder)))) {
    const path = relative(root, file).split(sep).join('/')
    const isTest = /\.test\.ts$|\/test\//.test(path)
    const text = scriptOf(file)
    graph.set(
      path,
      valueImportsOf(text)
        .filter(specifier => specifier.startsWith('.'))
        .map(specifier => posix.normalize(posix.join(posix.dirname(path), specifier))),
    )
    if (isTest && !path.startsWith('conformance/')) continue
    const imports = importsOf(text)
    bad.push(...refusals(path, imports))
    for (const specifier of imports) note(arrows, path, specifier)
  }
  for (const cycle of cycles(graph)) bad.push(`cycle: ${cycle.join(' -> ')}`)
  if (bad.length > 0) {
    console.error(bad.join('\n'))
    process.exit(1)
  }
  for (const [from, to] of [...arrows].sort()) console.log(`${from} -> ${[...to].sort().join(', ')}`)
}

function note(arrows, path, specifier) {
  const from = zoneOf(path)
  if (!from) return
  const to = specifier.startsWith('.') ? zoneOf(posix.normalize(posix.join(posix.dirname(path), specifier))) : specifier
  if (!to || to === from) return
  arrows.set(from, (arrows.get(from) ?? new Set()).add(to))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
