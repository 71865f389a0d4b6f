import { createRequire } from 'node:module'
import { CliFault } from './cli-fault.ts'
import { commands } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { help } from './help.ts'
import { readSecretFiles } from './read-secret-files.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs one command to its end and answers the exit code; never throws.
 *
 * @example
 * process.exitCode = await runCommand(['dev', '--port', '9000'], terminal)
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  try {
    if (name === '--version') terminal.out(version())
    else if (name === undefined || args.some(arg => arg === '--help' || arg === '-h')) terminal.out(help())
    else await commandOf(name).run(rest, { ...terminal, env: readSecretFiles(terminal.env) })
    return name === undefined ? exitCodes.usage.code : exitCodes.ok.code
  } catch (error) {
    return report(error, terminal)
  }
}

function commandOf(name: string) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  const known = Object.keys(commands).join(', ')
  throw new CliFault('usage', {
    zh: `没有 "${name}" 这个命令。可用的命令：${known}。用 --help 查看说明。`,
    en: `There is no command "${name}". The commands are: ${known}. See --help.`,
  })
}

function report(error: unknown, { err }: Terminal): number {
  if (error instanceof CliFault) {
    err(`${error.sentence.zh}\n${error.sentence.en}`)
    return error.code
  }
  err(`程序内部出错，请报告以下内容。\nSomething went wrong inside the program; please report this.`)
  err(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return exitCodes.internal.code
}

function version(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  return version
}
