import type { AppChanges, AppDefinition, ListedApp } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { appsFlags } from './flags.ts'
import { openKeyringFile } from './keyring-file.ts'
import { withAdministration } from './keys.ts'
import { readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import { readReference } from './read-reference.ts'
import { readWords } from './read-words.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth apps`: mini programs that are added, changed and removed while the server runs. */
export async function apps(args: readonly string[], terminal: Terminal): Promise<void> {
  const { words, flags } = readWords(args)
  const [step = 'list', appId = '', ...more] = words
  const { set = [], secret = false, ...rest } = readFlags('apps', flags, appsFlags)
  if (more.length > 0 || (step === 'list') !== (appId === '')) throw usage()
  // The secret there is for this command.
  const config = readConfig({ ...terminal.env, WEAPP_APPID: '', WEAPP_SECRET: '' }, rest)
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  await withAdministration(config, keyring, async ({ apps }) => {
    switch (step) {
      case 'list': {
        for (const app of await apps.list()) terminal.out(lineOf(app))
        return
      }
      case 'add': {
        const fields = await readFields(set, terminal)
        // For an app of a third-party platform nobody has a secret.
        const key = fields.component == null ? { secret: await readSecret(terminal) } : {}
        const app = { appId, ...key, ...fields } as AppDefinition
        const { status } = await explained(() => apps.add(app))
        if (status === 'exists') throw refused(appId, '已经存在', 'is there already')
        return terminal.out(`已添加 ${appId}\n${appId} is added`)
      }
      case 'set': {
        const changes: AppChanges = {
          ...(await readFields(set, terminal)),
          ...(secret && { secret: await readSecret(terminal) }),
        }
        const { status } = await explained(() => apps.change(appId, changes))
        if (status !== 'changed') throw refused(appId, '不存在', 'is not there')
        return terminal.out(`已修改 ${appId}\n${appId} is changed`)
      }
      case 'remove': {
        const { status } = await apps.remove(appId)
        if (status === 'unknown') throw refused(appId, '不存在', 'is not there')
        return terminal.out(`已移除 ${appId}，其用户数据保留\n${appId} is removed; the data of its users stays`)
      }
      default:
        throw usage()
    }
  })
}

function lineOf({ appId, policy, secretDigest, version, changedAt }: ListedApp): string {
  const at = new Date(changedAt ?? 0).toISOString()
  const fields = policy ? JSON.stringify({ ...policy, push: undefined, appId: undefined }) : 'cannot be opened'
  return `${appId}  secret sha256:${secretDigest ?? '-'}  version ${version}  ${at}\n  ${fields}`
}

/**
 * `field=value`, the value as in YAML: `openData=enforce`, `phoneBudget=1000`, `legacy={formats: ["003b"]}`, `name=null`.
 * A text in it may be `env:NAME` or `file:path`, as those of `push` should be.
 */
async function readFields(pairs: readonly string[], { env }: Terminal): Promise<AppChanges> {
  const { parse } = await import('yaml')
  const fields = pairs.map(pair => {
    const [, field = '', text = ''] = /^([A-Za-z]+)=(.*)$/s.exec(pair) ?? []
    if (field === '' || field === 'secret' || field === 'appId') throw wrongPair(pair)
    try {
      return [field, parse(text, (_, value: unknown) => resolved(value, env)) as unknown] as const
    } catch (error) {
      throw error instanceof CliFault ? error : wrongPair(pair)
    }
  })
  return Object.fromEntries(fields) as AppChanges
}

function resolved(value: unknown, env: Terminal['env']): unknown {
  if (typeof value !== 'string') return value
  const found = readReference(value, env)
  if (typeof found === 'string') return found
  throw new CliFault('data', { zh: `--set ${found.zh}。`, en: `With --set, ${found.en}.` })
}

/** From the environment, or one line of standard input; a command line is seen by everybody on the machine. */
async function readSecret({ env, readInput }: Terminal): Promise<string> {
  const secret = (env.WEAPP_SECRET ?? (await readInput())).trim()
  if (secret !== '') return secret
  throw new CliFault('usage', {
    zh: 'AppSecret 应由 WEAPP_SECRET 或标准输入给出，不要写在命令行里。',
    en: 'Give the app secret by WEAPP_SECRET or standard input, never on the command line.',
  })
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new CliFault('data', { zh: `字段有误：${error.message}`, en: `A field is wrong: ${error.message}` }, error)
  }
}

function wrongPair(pair: string): CliFault {
  const field = /^[A-Za-z]+/.exec(pair)?.[0] ?? ''
  return new CliFault('usage', {
    zh: `--set ${field} 应当写成 字段=值（值用 YAML），且不能是 secret 或 appId。`,
    en: `--set ${field} must be field=value with a YAML value, and neither secret nor appId.`,
  })
}

function refused(appId: string, zh: string, en: string): CliFault {
  return new CliFault('data', { zh: `小程序 ${appId} ${zh}。`, en: `The mini program ${appId} ${en}.` })
}

function usage(): CliFault {
  const usage = 'weapp-auth apps [list | add APPID | set APPID | remove APPID] [--set field=value] [--secret]'
  return new CliFault('usage', { zh: `用法：${usage}`, en: `Usage: ${usage}` })
}
