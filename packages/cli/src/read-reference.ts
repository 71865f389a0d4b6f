import { readFileSync } from 'node:fs'
import type { Sentence } from '@weapp-auth/protocol/contract'
import type { Environment } from './read-config.ts'

/**
 * What `env:NAME` or `file:path` stands for, so that a secret needs to stand in no file and on no command line; any other
 * text is itself. A sentence when there is nothing.
 */
export function readReference(text: string, env: Environment): string | Sentence {
  const [, from, name = ''] = /^(env|file):(.+)$/.exec(text) ?? []
  if (from === 'env') return env[name]?.trim() || missing(`环境变量 ${name}`, `the variable ${name}`)
  return from === 'file' ? readSecretFile(name) : text
}

function readSecretFile(path: string): string | Sentence {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return missing(`文件 ${path}`, `the file ${path}`)
  }
}

function missing(zh: string, en: string): Sentence {
  return { zh: `所引用的${zh}不存在或为空`, en: `${en} that is named here is not there, or empty` }
}
