/** What is wrong with one register: pure, so that its rules have tests. */
import { titlesOf } from './test-titles.mjs'

const keys = new Set(['id', 'title', 'proofs', 'document', 'reason', 'figures'])

/**
 * Sentences about a register; none when it holds. `readText(path)` gives the text of a file of the project or undefined.
 * Missing ids are not among them: a register is told apart from a finished one by `missingIds`.
 */
export function registerProblems(name, register, readText) {
  const says = text => `docs/security/${name}.json: ${text}`
  if (!isBilingual(register.title)) return [says('"title" must be { zh, en }')]
  if (!Array.isArray(register.rows)) return [says('"rows" must be a list')]
  const seen = new Set()
  return register.rows.flatMap(row => {
    const problems = rowProblems(row, readText)
    if (seen.has(row.id)) problems.push('stands there twice')
    seen.add(row.id)
    return problems.map(problem => says(`${row.id ?? '(no id)'}: ${problem}`))
  })
}

/** The ids that must be there and are not. */
export function missingIds(register, required) {
  const present = new Set(register.rows.map(row => row.id))
  return required.filter(id => !present.has(id))
}

function rowProblems(row, readText) {
  const problems = Object.keys(row)
    .filter(key => !keys.has(key))
    .map(key => `"${key}" is not a field of a row`)
  if (typeof row.id !== 'string') problems.push('"id" must be a text')
  if (!isBilingual(row.title)) problems.push('"title" must be { zh, en }')
  for (const key of ['reason', 'figures'])
    if (key in row && !isBilingual(row[key])) problems.push(`"${key}" must be { zh, en }`)
  if (!row.proofs?.length && !row.document && !row.reason) problems.push('needs proofs, a document or a reason')
  for (const proof of row.proofs ?? []) problems.push(...proofProblems(proof, readText))
  if (row.document) problems.push(...documentProblems(row.document, readText))
  return problems
}

function isBilingual(text) {
  return [text?.zh, text?.en].every(one => typeof one === 'string' && one.trim() !== '')
}

/** Files whose tests vitest runs; the suite of the stores is run by the tests of each store. */
const runs = path => /\.test\.(ts|mjs)$/.test(path) || /^packages\/server\/(src\/stores\/contract|test\/)/.test(path)

function proofProblems({ file, test }, readText) {
  const text = typeof file === 'string' ? readText(file) : undefined
  if (text === undefined) return [`there is no file ${file}`]
  if (!runs(file)) return [`${file} holds no tests that are run`]
  return titles(text, file).has(test) ? [] : [`${file} has no test "${test}"`]
}

const known = new Map()

function titles(text, file) {
  if (!known.has(text)) known.set(text, titlesOf(text, file))
  return known.get(text)
}

function documentProblems(document, readText) {
  const [path, anchor] = document.split('#')
  const text = readText(path)
  if (text === undefined) return [`there is no document ${path}`]
  return !anchor || anchorsOf(text).has(anchor) ? [] : [`${path} has no heading #${anchor}`]
}

/** The anchors of the headings of a page, as GitHub makes them. */
export function anchorsOf(markdown) {
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)
  return new Set([...headings].map(([, heading]) => anchorOf(heading)))
}

function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-')
}
