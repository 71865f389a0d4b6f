import type { OperatorPolicy } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import type { Config } from './read-config.ts'
import type { ConfigFile } from './read-config-file.ts'

/** Those of the file, and the one of the environment, who stands in the audit log by the name of the variable. */
export function operatorsOf(
  { operatorToken }: Pick<Config, 'operatorToken'>,
  { operators }: Pick<ConfigFile, 'operators'>,
): readonly OperatorPolicy[] {
  if (operatorToken === null) return operators
  const admin = { name: 'OPERATOR_TOKEN', token: operatorToken, role: 'admin' } as const
  if (!operators.some(({ name, token }) => name === admin.name || token === admin.token)) return [...operators, admin]
  throw new CliFault('config', {
    zh: 'OPERATOR_TOKEN 不能与配置文件 operators 中的令牌或名称相同。',
    en: 'OPERATOR_TOKEN must be neither the token nor the name of one of the operators of the file.',
  })
}
