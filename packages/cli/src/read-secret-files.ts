import { CliFault } from './cli-fault.ts'
import type { Environment, Variable } from './read-config.ts'
import { readReference } from './read-reference.ts'

/** The variables that may hold a secret, and therefore may name a file of it. */
export const secretVariables = [
  'WEAPP_SECRET',
  'WEAPP_PUSH_TOKEN',
  'WEAPP_PUSH_AES_KEY',
  'SMS_KEY_ID',
  'SMS_KEY_SECRET',
  'DATABASE',
  'REDIS_URL',
  'METRICS_TOKEN',
  'OPERATOR_TOKEN',
] as const satisfies readonly Variable[]

/**
 * The environment with each `file:path` of a variable that may hold a secret replaced by what the file holds: who may
 * look at the process, or at what started it, sees where the secrets are and not what they are.
 *
 * @throws CliFault `config` that names the variable and the file, and repeats nothing of it.
 */
export function readSecretFiles(env: Environment): Environment {
  const read = secretVariables
    .filter(name => env[name]?.trim().startsWith('file:'))
    .map(name => [name, readOne(name, env[name]?.trim() ?? '', env)] as const)
  return read.length === 0 ? env : { ...env, ...Object.fromEntries(read) }
}

function readOne(name: (typeof secretVariables)[number], reference: string, env: Environment): string {
  const found = readReference(reference, env)
  if (typeof found !== 'string') throw wrong(name, found.zh, found.en)
  if (found === '') throw wrong(name, `所引用的文件为空`, `the file that is named here is empty`)
  // Any text is a path of SQLite, and a path is printed: a file that was mistaken for another must not be.
  if (name === 'DATABASE' && !/^(postgres(ql)?|mysql|mariadb):\/\//i.test(found))
    throw wrong(name, '所引用的文件里应当是数据库网址', 'the file that is named here must hold the URL of a database')
  return found
}

function wrong(name: string, zh: string, en: string): CliFault {
  return new CliFault('config', { zh: `${name}：${zh}。`, en: `${name}: ${en}.` })
}
