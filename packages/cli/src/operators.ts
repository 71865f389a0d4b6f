import { invitationLink } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { consoleOf } from './console-of.ts'
import { operatorsFlags } from './flags.ts'
import { openKeyringFile } from './keyring-file.ts'
import { withAdministration } from './keys.ts'
import { readFlags } from './read-flags.ts'
import { readServeConfig } from './read-serve-config.ts'
import { readWords } from './read-words.ts'
import type { Terminal } from './terminal.ts'

const roles = ['viewer', 'support', 'admin'] as const

/** `weapp-auth operators invite`: a link for another operator of the console, beside the running server. */
export async function operators(args: readonly string[], terminal: Terminal): Promise<void> {
  const { words, flags } = readWords(args)
  const { name = '', role: asked = '', ...rest } = readFlags('operators', flags, operatorsFlags)
  const role = roles.find(one => one === asked)
  if (words.join(' ') !== 'invite' || !/^[A-Za-z0-9_.@-]{1,64}$/.test(name) || !role) throw usage()
  const { config, file } = await readServeConfig(rest, terminal.env)
  const origin = consoleOf(config.issuer ?? `http://localhost:${config.port}`)?.origin
  if (!config.console || origin === undefined) throw noConsole()
  if (name === 'OPERATOR_TOKEN' || file.operators.some(one => one.name === name)) throw taken(name)
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  await withAdministration(config, keyring, async ({ inviteOperator }) => {
    const invitation = await inviteOperator({ name, role, by: 'weapp-auth operators' })
    if (!invitation) throw taken(name)
    terminal.out(
      `请把链接私下交给 ${name}，一小时内有效，只能用一次。\nHand this link to ${name} in private; it works once, within an hour.\n${invitationLink(origin, invitation.token)}`,
    )
  })
}

function noConsole(): CliFault {
  return new CliFault('config', {
    zh: '没有控制台：WEAPP_CONSOLE 为 off，或 ISSUER 既不是 https 也不是 localhost。',
    en: 'There is no console: WEAPP_CONSOLE is off, or ISSUER is neither https nor localhost.',
  })
}

function taken(name: string): CliFault {
  return new CliFault('data', {
    zh: `名称 ${name} 已经有人使用。`,
    en: `The name ${name} is in use already.`,
  })
}

function usage(): CliFault {
  const usage = 'weapp-auth operators invite --name NAME --role viewer|support|admin'
  return new CliFault('usage', { zh: `用法：${usage}`, en: `Usage: ${usage}` })
}
