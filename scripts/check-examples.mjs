/**
 * Proves that what the documentation shows compiles: every `@example` of a doc comment in the published packages and
 * every `ts` block of the READMEs. What the package exports is imported by itself; a free name that is only handed
 * over (`sessionKey`, `clock`) may be anything, but whatever is called must exist.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const published = ['protocol', 'wechat', 'server', 'client', 'emulator', 'cli']
/** Packages of others that examples may import without being installed here. */
const theirs = ['@tarojs/taro']
/** Functions that stand for the reader's own code. */
const yours = new Set(['alertTheOperator', 'askForANewCode', 'list', 'report', 'send', 'show'])

/** The `@example` blocks of a source text with the line each begins at. */
export function examplesOf(text) {
  const found = []
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    for (const block of comment[0].matchAll(/@example\b([\s\S]*?)(?=\n\s*\*\s*@|\*\/)/g)) {
      const code = block[1]
        .replace(/^[ \t]*\* ?/gm, '')
        .replace(/```\w*/g, '')
        .trim()
      if (code) found.push({ code, line: lineAt(text, comment.index + block.index) })
    }
  }
  return found
}

/** The `ts` blocks of a Markdown text, each with its line. */
export function blocksOf(markdown) {
  return [...markdown.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => ({
    code: match[1],
    line: lineAt(markdown, match.index),
  }))
}

/** Whether an example calls or constructs a name that it does not declare: such a name must exist. */
export function calls(code, name) {
  return new RegExp(`(^|[^.\\w])${name}\\s*(<[^>]*>)?\\(`).test(code)
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length
}

function sources(folder, found = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) sources(path, found)
    else if (/\.ts$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name)) found.push(path)
  }
  return found
}

function collect() {
  const packages = published.map(name => sources(join(root, 'packages', name, 'src')))
  const exportsOf = exportReader(packages.flat())
  const everywhere = published.flatMap(entriesOf).flatMap(exportsOf)
  const examples = packages.flatMap(files => examplesIn(files, [...everywhere, ...files.flatMap(exportsOf)], exportsOf))
  const readmes = ['README.md', 'README.zh-CN.md', ...published.map(name => `packages/${name}/README.md`)]
  for (const name of readmes.filter(one => existsSync(join(root, one)))) {
    for (const { code, line } of blocksOf(readFileSync(join(root, name), 'utf8'))) {
      const path = join(root, 'conformance', `${name.replaceAll('/', '-')}.example-${line}.ts`)
      examples.push({ path, at: `${name}:${line}`, code, names: new Map() })
    }
  }
  return examples
}

/** The nearest name wins: of the same file, of the same package, of another package. */
function examplesIn(files, around, exportsOf) {
  return files.flatMap(file => {
    const names = new Map([...around, ...exportsOf(file)])
    return examplesOf(readFileSync(file, 'utf8')).map(({ code, line }) => ({
      path: `${file.slice(0, -3)}.example-${line}.ts`,
      at: `${relative(root, file)}:${line}`,
      code,
      names,
    }))
  })
}

/** The sources behind the `exports` of a package. */
function entriesOf(name) {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  const sources = Object.values(exports).map(entry => entry['@weapp-auth/source'])
  return sources.filter(Boolean).map(source => join(root, 'packages', name, source))
}

/** Reads the exported names of a file, each with the file to import it from. */
function exportReader(files) {
  const program = ts.createProgram(files, compilerOptions())
  const checker = program.getTypeChecker()
  return file => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(file))
    return symbol ? checker.getExportsOfModule(symbol).map(one => [one.name, file]) : []
  }
}

function compilerOptions() {
  const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config.compilerOptions
  const own = { composite: false, declaration: false, declarationMap: false, noEmit: true, noUnusedLocals: false }
  const types = ['node', 'miniprogram-api-typings']
  return ts.convertCompilerOptionsFromJson({ ...base, ...own, types, verbatimModuleSyntax: false }, root).options
}

function moduleOf({ path, code, names }, free) {
  const declared = name => new RegExp(`(const|let|function|class|interface|type)\\s+${name}\\b`).test(code)
  const imported = new Set([...code.matchAll(/import[^'"]*from/g)].flatMap(match => match[0].match(/\w+/g)))
  const heads = [...names]
    .filter(([name]) => new RegExp(`(^|[^.\\w])${name}\\b`).test(code) && !declared(name) && !imported.has(name))
    .map(([name, file]) => `import { ${name} } from './${relative(dirname(path), file).split(sep).join('/')}';`)
  const body = theirs.reduce(
    (text, name) => text.replace(new RegExp(`import (\\w+) from '${name}'`), 'declare const $1: any'),
    code,
  )
  return `${heads.join(' ')} ${[...free].map(name => `declare const ${name}: any;`).join(' ')} ${body}\nexport {}\n`
}

/** Compiles the examples once; problems as `{ example, text, missing? }`. */
function compile(examples) {
  const files = new Map(examples.map(example => [example.path, moduleOf(example, example.free)]))
  const options = compilerOptions()
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile, readFile } = host
  host.fileExists = name => files.has(name) || fileExists(name)
  host.readFile = name => files.get(name) ?? readFile(name)
  host.getSourceFile = (name, version, ...rest) =>
    files.has(name) ? ts.createSourceFile(name, files.get(name), version) : getSourceFile(name, version, ...rest)
  const program = ts.createProgram([...files.keys()], options, host)
  return examples.flatMap(example =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(example.path)).map(one => {
      const text = ts.flattenDiagnosticMessageText(one.messageText, ' ')
      const missing = [2304, 2552, 18004].includes(one.code) ? text.match(/'(\w+)'/)?.[1] : undefined
      return { example, text, missing }
    }),
  )
}

function main() {
  const examples = collect().map(example => ({ ...example, free: new Set() }))
  for (const { example, missing } of compile(examples)) {
    if (missing && (yours.has(missing) || !calls(example.code, missing))) example.free.add(missing)
  }
  const problems = compile(examples)
  if (problems.length > 0) {
    console.error(problems.map(({ example, text }) => `${example.at}: ${text}`).join('\n'))
    process.exit(1)
  }
  console.log(`${examples.length} examples compile`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
