import { type AppDefinition, inspectKeys, type KeyInspection, type SealedSample } from '@weapp-auth/server'
import { CliFault } from '../cli-fault.ts'
import { openKeyringFile } from '../keyring-file.ts'
import { type Config, describePath } from '../read-config.ts'
import type { CheckResult } from './check-result.ts'

export interface CheckedKeys {
  readonly results: readonly CheckResult[]
  /** The mini programs of the database, with their secrets. */
  readonly apps: readonly AppDefinition[]
}

/** The key file, and whether it opens what is in the database. Makes no file. */
export async function checkKeys(
  { keys: path, production }: Pick<Config, 'keys' | 'production'>,
  sample: SealedSample | null,
): Promise<CheckedKeys> {
  const about = describePath(path)
  const isSealed = sample !== null && sample.users.length + sample.apps.length > 0
  try {
    const { keyring, warnings } = await openKeyringFile(path, { create: false, strict: production })
    const [zh = '', en = ''] = warnings
    const loose: readonly CheckResult[] = zh === '' ? [] : [{ check: 'keys', status: 'warn', about, found: { zh, en } }]
    const found = inspectKeys(keyring, sample ?? { keys: [], users: [], apps: [] })
    return { results: [...loose, fit(found, about)], apps: found.apps }
  } catch (error) {
    if (!(error instanceof CliFault)) throw error
    const isMissing = error.cause === undefined && error.exit === 'config'
    return { results: [isMissing && !production && !isSealed ? notYet(about) : refused(error, about)], apps: [] }
  }
}

function refused({ sentence }: CliFault, about: string): CheckResult {
  return { check: 'keys', status: 'fail', about, found: sentence }
}

function notYet(about: string): CheckResult {
  return {
    check: 'keys',
    status: 'ok',
    about,
    found: {
      zh: '还没有密钥文件，serve 启动时会生成（NODE_ENV=production 时不会）。',
      en: 'There is no key file yet; serve makes one when it starts (not with NODE_ENV=production).',
    },
  }
}

function fit({ generations, different, missing, opened, unopened }: KeyInspection, about: string): CheckResult {
  const wrong = [...different, ...missing]
  if (wrong.length + unopened > 0)
    return {
      check: 'keys',
      status: 'fail',
      about,
      found: {
        zh: `密钥与数据库不符：${wrong.length > 0 ? `根密钥 ${wrong.join('、')}，` : ''}抽查的 ${opened + unopened} 行中有 ${unopened} 行无法打开。`,
        en: `The keys do not fit the database: ${wrong.length > 0 ? `root key ${wrong.join(', ')}; ` : ''}${unopened} of ${opened + unopened} sampled rows do not open.`,
      },
      fix: {
        zh: '恢复这个数据库原来的密钥文件，或用 KEYS 指定它；不要生成新的密钥。',
        en: 'Restore the key file of this database, or name it with KEYS; make no new keys.',
      },
    }
  const listed = generations
    .map(({ id, state, primary, users }) => `${id} ${primary ? 'primary' : state} (${users})`)
    .join(', ')
  return {
    check: 'keys',
    status: 'ok',
    about,
    found: {
      zh: `根密钥：${listed}；抽查的 ${opened} 行都能打开。`,
      en: `Root keys: ${listed}; all ${opened} sampled rows open.`,
    },
  }
}
