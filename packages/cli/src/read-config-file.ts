import {
  type AppDefinition,
  type AvatarOptions,
  type BackendPolicy,
  type ComponentPolicy,
  type OperatorPolicy,
  type RequestRates,
  readAppDefinition,
  readBackends,
  readComponents,
  readOperators,
  readRequestRates,
} from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { type Environment, readConfig, type Variable } from './read-config.ts'
import { readReference } from './read-reference.ts'
import { type FieldPath, fieldOf, pathOf, readYamlFile, type YamlFile } from './yaml-file.ts'

/** What `serve` is told by its file, besides what variables can say. */
export interface ConfigFile {
  /** As if they were in the environment. */
  readonly variables: Environment
  readonly apps: readonly AppDefinition[]
  /** The third-party platforms that act for apps. */
  readonly components: readonly ComponentPolicy[]
  readonly backends: readonly BackendPolicy[]
  readonly operators: readonly OperatorPolicy[]
  readonly limits: Partial<RequestRates>
  /** `null`: the disk, in the folder of the data. */
  readonly avatars: AvatarOptions | null
  /** What an operator should know, both languages. */
  readonly warnings: readonly string[]
}

export const emptyConfigFile: ConfigFile = {
  variables: {},
  apps: [],
  components: [],
  backends: [],
  operators: [],
  limits: {},
  avatars: null,
  warnings: [],
}

/** Fields that say the same as a variable. */
export const variableOf: Readonly<Record<string, Variable>> = {
  issuer: 'ISSUER',
  host: 'HOST',
  port: 'PORT',
  data: 'WEAPP_DATA',
  database: 'DATABASE',
  redis: 'REDIS_URL',
  keys: 'KEYS',
  logLevel: 'LOG_LEVEL',
  trustProxy: 'TRUST_PROXY',
  maxUnderWay: 'WEAPP_MAX_UNDER_WAY',
  drainSeconds: 'DRAIN_SECONDS',
  mergeUndoDays: 'WEAPP_MERGE_UNDO_DAYS',
  'wechat.baseUrl': 'WECHAT_BASE_URL',
  'wechat.sendOpenId': 'WEAPP_SEND_OPENID',
  'sms.provider': 'SMS_PROVIDER',
  'sms.keyId': 'SMS_KEY_ID',
  'sms.keySecret': 'SMS_KEY_SECRET',
  'sms.signName': 'SMS_SIGN_NAME',
  'sms.template': 'SMS_TEMPLATE',
  'sms.sdkAppId': 'SMS_SDK_APP_ID',
  'metrics.token': 'METRICS_TOKEN',
  console: 'WEAPP_CONSOLE',
  operatorToken: 'OPERATOR_TOKEN',
  phonePrice: 'WEAPP_PHONE_PRICE',
  trace: 'WEAPP_TRACE',
}

/** Fields that hold a secret, whatever is around them. */
const secretFields = ['secret', 'keySecret', 'token', 'operatorToken', 'encodingAesKey', 'secretAccessKey']
/** Such as the one of Redis. */
const urlWithPassword = /^\w+:\/\/[^/@]*:[^/@]+@/

/**
 * Reads the file of `serve`: YAML or JSON. Any text may be `env:NAME` or `file:path`, so that no secret needs to stand in it.
 *
 * @throws CliFault `data` that names the line and the field of the first mistake, and never repeats a secret.
 */
export async function readConfigFile(path: string, env: Environment): Promise<ConfigFile> {
  const clear: FieldPath[] = []
  const file = await readYamlFile(path, { zh: '配置文件', en: 'The configuration file' }, (text, at) => {
    const found = readReference(text, env)
    if (found !== text) return found
    if (secretFields.includes(String(at.at(-1))) || urlWithPassword.test(text)) clear.push(at)
    return text
  })
  const value = file.value as Readonly<Record<string, unknown>>
  const variables = readVariables(file, value)
  const components = checked(file, () =>
    readComponents(readList(file, value.components, 'components') as ComponentPolicy[]),
  )
  const apps = checked(file, () => {
    const given = readList(file, value.apps, 'apps').map(readOneApp)
    checkComponents(given, components)
    return given
  })
  const backends = checked(file, () => [
    ...readBackends(readList(file, value.backends, 'backends') as BackendPolicy[]).values(),
  ])
  const operators = checked(file, () => readOperators(readList(file, value.operators, 'operators') as OperatorPolicy[]))
  const limits = checked(file, () => readRequestRates((value.limits ?? {}) as Partial<RequestRates>))
  const avatars = await readAvatars(file, value.avatars)
  const stray = file.stray()
  if (stray) throw stray
  const warnings = clear.map(at => warning(path, fieldOf(at)))
  const platforms = [...components.values()]
  return { variables, apps, components: platforms, backends, operators, limits, avatars, warnings }
}

/** The same checks as for the environment, one field at a time. */
function readVariables(file: YamlFile, value: Readonly<Record<string, unknown>>): Environment {
  const entries = Object.entries(variableOf).flatMap(([field, name]) => {
    const [outer = '', inner] = field.split('.')
    const group = value[outer]
    if (inner !== undefined && group !== undefined && !isObject(group))
      throw file.fault([outer], { zh: `"${outer}" 应当是一个对象`, en: `"${outer}" must be an object` })
    const found = inner === undefined ? group : isObject(group) ? group[inner] : undefined
    if (found === undefined) return []
    const text = String(found)
    try {
      readConfig({ [name]: text })
    } catch (error) {
      if (!(error instanceof CliFault)) throw error
      const { zh, en } = error.sentence
      const named = (sentence: string) =>
        `"${field}"${sentence.replace(/^.*?(?= 应当| must)/, '').replace(/[。.]$/, '')}`
      throw file.fault(pathOf(field), { zh: named(zh), en: named(en) })
    }
    return [[name, text] as const]
  })
  return Object.fromEntries(entries)
}

function readList(file: YamlFile, value: unknown, field: string): readonly unknown[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw file.fault([field], { zh: `"${field}" 应当是一个列表`, en: `"${field}" must be a list` })
}

function readOneApp(value: unknown, index: number, all: readonly unknown[]): AppDefinition {
  const at = `apps[${index}]`
  if (!isObject(value)) throw new TypeError(`"${at}" must be an object`)
  // A copy: spreading looks at every field, and what is no field of an app is refused by name there.
  const app = JSON.parse(JSON.stringify(value)) as AppDefinition
  try {
    readAppDefinition(app)
  } catch (error) {
    throw error instanceof TypeError ? new TypeError(error.message.replace(/^"app\b/, `"${at}`)) : error
  }
  if (all.findIndex(one => isObject(one) && one.appId === app.appId) !== index)
    throw new TypeError(`"${at}.appId" must be given once`)
  return app
}

function checkComponents(apps: readonly AppDefinition[], components: ReadonlyMap<string, unknown>): void {
  for (const [index, { component }] of apps.entries())
    if (component != null && !components.has(component))
      throw new TypeError(`"apps[${index}].component" must be the app id of one of "components"`)
}

/** On the disk (`folder`), or in a bucket that speaks S3. */
async function readAvatars(file: YamlFile, value: unknown): Promise<AvatarOptions | null> {
  if (value === undefined) return null
  if (!isObject(value))
    throw file.fault(['avatars'], { zh: '"avatars" 应当是一个对象', en: '"avatars" must be an object' })
  const { folder, bucket, maxBytes, publicUrl } = value
  const more = {
    ...(maxBytes !== undefined && { maxBytes: Number(maxBytes) }),
    ...(publicUrl !== undefined && { publicUrl: String(publicUrl) }),
  }
  if ((folder === undefined) === (bucket === undefined))
    throw file.fault(['avatars'], {
      zh: '"avatars" 应当有 folder 或 bucket 之一',
      en: '"avatars" must have either folder or bucket',
    })
  if (folder !== undefined) {
    const { createDiskAvatars } = await import('@weapp-auth/server/avatars-disk')
    return { storage: createDiskAvatars({ folder: String(folder) }), ...more }
  }
  const { createS3Avatars } = await import('@weapp-auth/server/avatars-s3')
  const { region, accessKeyId, secretAccessKey, prefix } = value
  const text = (given: unknown) => (given === undefined ? '' : String(given))
  const options = {
    bucket: text(bucket),
    region: text(region),
    accessKeyId: text(accessKeyId),
    secretAccessKey: text(secretAccessKey),
    ...(prefix !== undefined && { prefix: String(prefix) }),
  }
  return { storage: checked(file, () => createS3Avatars(options), 'avatars.'), ...more }
}

/** A wrong field, named by whoever checks it, with its line. */
function checked<T>(file: YamlFile, read: () => T, within = ''): T {
  try {
    return read()
  } catch (error) {
    const field = error instanceof TypeError ? /^"([^"]+)"/.exec(error.message)?.[1] : undefined
    if (!(error instanceof TypeError) || field === undefined) throw error
    const wrong = error.message.replace(/^"[^"]+"/, `"${within}${field}"`)
    throw file.fault(pathOf(`${within}${field}`), { zh: `字段有误：${wrong}`, en: wrong })
  }
}

function warning(path: string, field: string): string {
  return `!! 配置文件 ${path} 中的 ${field} 是明文，请改用 env:名称 或 file:路径。\n!! ${field} stands in clear text in ${path}; use env:NAME or file:path.`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
