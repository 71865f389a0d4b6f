/**
 * The public interface of each package as text, `api/<package>.md`: whatever an entry point exports, as its compiled
 * declarations say it, then what these lean on. A change of it is seen in review; `--write` accepts it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { ensureBuilt, root } from './bootstrap.mjs'

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })

/** The report of the package in `folder`. */
export function reportOf(folder) {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = Object.entries(exports)
    .map(([path, { types }]) => ({ specifier: name + path.slice(1), file: types && resolve(folder, types) }))
    .sort(by(({ specifier }) => specifier))
  const program = ts.createProgram(
    entries.flatMap(({ file }) => file ?? []),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      types: [],
      jsx: ts.JsxEmit.Preserve,
    },
  )
  const own = declarationsWithin(folder, program.getTypeChecker())
  const shown = new Map()
  const sections = entries.map(({ specifier, file }) => {
    if (!file) return `## ${specifier}\n\nWithout declarations.`
    return `## ${specifier}\n\n${fenced(own.exportsOf(program.getSourceFile(file)).map(one => own.show(one, specifier, shown)))}`
  })
  const behind = own.neededBy([...shown.keys()]).map(symbol => own.show({ name: symbol.name, symbol }, '', shown))
  if (behind.length > 0) sections.push(`## Behind these, without a name of their own\n\n${fenced(behind)}`)
  return `# ${name}\n\n${sections.join('\n\n')}\n`
}

/** Reads symbols as far as they are declared in this folder; what other packages declare is theirs to report. */
function declarationsWithin(folder, checker) {
  const isOwn = node => !/(^|[\\/])(\.\.|node_modules)([\\/]|$)/.test(relative(folder, node.getSourceFile().fileName))
  const follow = symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const declarations = symbol => (symbol.declarations ?? []).filter(node => isOwn(node) && isStatement(node))

  function exportsOf(file) {
    const found = checker.getExportsOfModule(checker.getSymbolAtLocation(file))
    return found.map(one => ({ name: one.name, symbol: follow(one) })).sort(by(one => one.name))
  }

  function show({ name, symbol }, specifier, shown) {
    if (shown.has(symbol)) return `${name}: as in ${shown.get(symbol)}`
    shown.set(symbol, specifier)
    const nodes = declarations(symbol)
    const text = nodes.map(textOf).join('\n') || 'of another package'
    return name === symbol.name && nodes.length > 0 ? text : `${name}: ${text}`
  }

  /** What the declarations of these symbols name, and what that names in turn, without these themselves. */
  function neededBy(symbols) {
    const found = new Set(symbols)
    const visit = node => {
      const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined
      if (symbol) found.add(follow(symbol))
      ts.forEachChild(node, visit)
    }
    for (const symbol of found) declarations(symbol).forEach(visit)
    const fresh = [...found].slice(symbols.length).filter(symbol => declarations(symbol).length > 0)
    return fresh.sort(by(symbol => symbol.name + declarations(symbol).map(textOf)))
  }

  return { exportsOf, show, neededBy }
}

/** Whether it stands at the top of a file: neither a member nor a parameter. */
function isStatement(node) {
  const outer = ts.isVariableDeclaration(node) ? node.parent.parent.parent : node.parent
  return outer !== undefined && ts.isSourceFile(outer)
}

/**
 * As declared, without comments. The members of unions are sorted: the compiler is free to write them in any order.
 * Sentences for people are no promise (docs/versions.md) and told as `string`.
 */
function textOf(node) {
  const { transformed } = ts.transform(node, [
    context => start => {
      const visit = inner => {
        if (isSentence(inner)) return context.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword)
        const visited = ts.visitEachChild(inner, visit, context)
        if (!ts.isUnionTypeNode(visited)) return visited
        const members = [...visited.types].sort(by(one => print(one, node.getSourceFile())))
        return context.factory.createUnionTypeNode(members)
      }
      return visit(start)
    },
  ])
  const text = print(transformed[0], node.getSourceFile()).replace(/^(export |declare |default )*/, '')
  return ts.isVariableDeclaration(node) ? `const ${text};` : text
}

function isSentence(node) {
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) && /[^!-~]/.test(node.literal.text)
}

function print(node, file) {
  return printer.printNode(ts.EmitHint.Unspecified, node, file)
}

function fenced(blocks) {
  return `\`\`\`ts\n${blocks.join('\n\n')}\n\`\`\``
}

/** The same order in every locale. */
function by(keyOf) {
  return (a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)]
    return first < second ? -1 : Number(first > second)
  }
}

/** The declarations that differ, each below its entry point, with the lines that went and those that came. */
export function differences(before, after) {
  const [old, present] = [blocksOf(before), blocksOf(after)]
  const keys = [...new Set([...old.keys(), ...present.keys()])]
  return keys.flatMap(key => {
    const [gone, come] = [old.get(key) ?? [], present.get(key) ?? []]
    if (gone.join('\n') === come.join('\n')) return []
    const lines = [
      ...gone.filter(line => !come.includes(line)).map(line => `- ${line}`),
      ...come.filter(line => !gone.includes(line)).map(line => `+ ${line}`),
    ]
    return [`${key}\n${(lines.length > 0 ? lines : ['(its lines in another order)']).join('\n')}`]
  })
}

/** The lines of each declaration, by entry point and first words; a name that is there twice has its lines together. */
function blocksOf(report) {
  const blocks = new Map()
  let section = ''
  for (const block of report.replace(/^```\w*\n/gm, '').split(/\n+```\n+|\n{2,}/)) {
    if (block.startsWith('#')) section = block
    const key = block.startsWith('#') ? section : `${section}: ${block.match(/^[\w ]+/)?.[0] ?? block}`
    blocks.set(key, [...(blocks.get(key) ?? []), ...block.split('\n')])
  }
  return blocks
}

function main() {
  ensureBuilt()
  mkdirSync(join(root, 'api'), { recursive: true })
  const packages = readdirSync(join(root, 'packages')).sort()
  const problems = packages.flatMap(name => {
    const [path, report] = [join(root, 'api', `${name}.md`), reportOf(join(root, 'packages', name))]
    if (process.argv.includes('--write')) writeFileSync(path, report)
    return differences(textAt(path), report)
  })
  const strays = readdirSync(join(root, 'api')).filter(file => !packages.includes(file.replace(/\.md$/, '')))
  problems.push(...strays.map(file => `api${sep}${file} is of no package`))
  if (problems.length === 0) return
  console.error(problems.join('\n\n'))
  console.error(
    '\n公开接口与 api/ 所记不同；确为有意的改动，请运行 / the public interface is not as api/ says; when that is meant, run:\n  node scripts/api-report.mjs --write',
  )
  process.exit(1)
}

function textAt(path) {
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return ''
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
