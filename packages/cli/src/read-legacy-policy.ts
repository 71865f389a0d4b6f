import { type LegacyPolicy, readLegacy } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import type { Config } from './read-config.ts'

/**
 * The old wire formats of a configuration; `null` when none is on.
 *
 * @throws CliFault `config` that says what is wrong with `WEAPP_LEGACY`.
 */
export function readLegacyPolicy({ legacy, openData }: Pick<Config, 'legacy' | 'openData'>): LegacyPolicy | null {
  if (legacy === null) return null
  if (openData === 'off') {
    throw new CliFault('config', {
      zh: 'WEAPP_LEGACY 需要 WEAPP_OPEN_DATA=enforce：旧页面提交的是密文。',
      en: 'WEAPP_LEGACY needs WEAPP_OPEN_DATA=enforce: old pages send ciphertexts.',
    })
  }
  try {
    const policy = legacy as LegacyPolicy
    return readLegacy(policy, 'WEAPP_LEGACY') && policy
  } catch (error) {
    const { message } = error as Error
    throw new CliFault(
      'config',
      { zh: `WEAPP_LEGACY 有误：${message}。`, en: `WEAPP_LEGACY is wrong: ${message}.` },
      error,
    )
  }
}
