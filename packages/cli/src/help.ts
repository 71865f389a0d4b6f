import { commands } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { variables } from './read-config.ts'

/** What `weapp-auth --help` prints. */
export function help(): string {
  return [
    'weapp-auth <命令 command> [参数 flags]',
    '',
    ...Object.entries(commands).flatMap(([name, { meaning, flags }]) => [
      `  ${name.padEnd(9)} ${meaning.zh} / ${meaning.en}`,
      ...flagLine(flags),
    ]),
    '  --help    显示本说明 / prints this',
    '  --version 显示版本 / prints the version',
    '',
    '环境变量 environment',
    ...Object.entries(variables).map(
      ([name, [fallback, zh, en]]) => `  ${name.padEnd(20)} ${zh} / ${en}${fallback && ` [${fallback}]`}`,
    ),
    '  密钥、口令、DATABASE、REDIS_URL 可写成 file:路径 / secrets, DATABASE, REDIS_URL may be file:path',
    '  NODE_ENV=production  不使用模拟器，不生成密钥 / no emulator, no generated keys',
    '',
    '退出码 exit codes',
    ...Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(3)} ${meaning.zh} / ${meaning.en}`),
  ].join('\n')
}

function flagLine(flags: Readonly<Record<string, string>>): readonly string[] {
  return [
    `            ${Object.entries(flags)
      .map(([name, value]) => `--${name} ${value}`)
      .join('  ')}`,
  ]
}
