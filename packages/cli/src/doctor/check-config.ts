import { CliFault } from '../cli-fault.ts'
import { operatorsOf } from '../operators-of.ts'
import { type Environment, variables } from '../read-config.ts'
import { readLegacyPolicy } from '../read-legacy-policy.ts'
import type { ServeConfig } from '../read-serve-config.ts'
import { checkProduction } from '../serve.ts'
import type { CheckResult } from './check-result.ts'

/** What `serve` would refuse or warn of, and variables that nobody reads because they are misspelt. */
export function checkConfig({ config, file, path }: ServeConfig, env: Environment): readonly CheckResult[] {
  const refused = [
    () => operatorsOf(config, file),
    () => readLegacyPolicy(config),
    () => config.production && checkProduction(config),
  ].flatMap(check => refusalOf(check))
  const warned = [...file.warnings.map(clearText), ...Object.keys(env).flatMap(misspelt)]
  if (refused.length + warned.length > 0) return [...refused, ...warned]
  const where =
    path === null
      ? { zh: '环境变量', en: 'the environment' }
      : { zh: `文件 ${path} 与环境变量`, en: `${path} and the environment` }
  return [{ check: 'config', status: 'ok', found: { zh: `${where.zh}中没有错误。`, en: `No mistake in ${where.en}.` } }]
}

function refusalOf(check: () => unknown): readonly CheckResult[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof CliFault)) throw error
    return [{ check: 'config', status: 'fail', found: error.sentence }]
  }
}

function clearText(warning: string): CheckResult {
  const [zh = '', en = ''] = warning.split('\n').map(line => line.replace(/^!! /, ''))
  return { check: 'config', status: 'warn', found: { zh, en } }
}

function misspelt(name: string): readonly CheckResult[] {
  if (Object.hasOwn(variables, name) || !/^[A-Z][A-Z_]{3,39}$/.test(name)) return []
  const meant = Object.keys(variables).find(known => known.length > 5 && distance(name, known) <= 2)
  if (meant === undefined) return []
  return [
    {
      check: 'config',
      status: 'warn',
      about: name,
      found: { zh: `没有 ${name} 这个变量，它不起作用。`, en: `There is no variable ${name}; it does nothing.` },
      fix: { zh: `是否想写 ${meant}？`, en: `Did you mean ${meant}?` },
    },
  ]
}

/** Letters to add, drop or change until they are the same (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (const [to, wanted] of [...other].entries())
      next.push(Math.min((next[to] ?? 0) + 1, (row[to + 1] ?? 0) + 1, (row[to] ?? 0) + (letter === wanted ? 0 : 1)))
    row = next
  }
  return row.at(-1) ?? 0
}
