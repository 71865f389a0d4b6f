/**
 * Proves that the registers in `docs/security` tell the truth: every test and document they name exists, no id stands
 * twice, and the pages made from them are up to date. Tells which ids a register still lacks; exit code 1 when something
 * does not hold.
 */
import { readRegisters, readText } from './read-registers.mjs'
import { enforced, requiredIds } from './register-ids.mjs'
import { missingIds, registerProblems } from './register-problems.mjs'
import { pages } from './registers.mjs'

const registers = readRegisters()
const absent = [...enforced].filter(wanted => !registers.some(({ name }) => name === wanted))
const problems = absent.map(name => `docs/security/${name}.json does not exist`)
for (const { name, register } of registers) {
  const found = registerProblems(name, register, readText)
  problems.push(...found)
  if (found.length === 0) tellMissing(name, register)
}
if (problems.length === 0) {
  for (const [path, text] of pages()) {
    if (readText(path) !== text) problems.push(`${path} is out of date: run "node scripts/registers.mjs"`)
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}

function tellMissing(name, register) {
  const missing = missingIds(register, requiredIds[name] ?? [])
  const lacks = missing.length > 0 ? `, still without ${missing.join(' ')}` : ''
  if (lacks && enforced.has(name)) problems.push(`docs/security/${name}.json lacks ${missing.join(', ')}`)
  else console.log(`${name}: ${register.rows.length} rows${lacks}`)
}
