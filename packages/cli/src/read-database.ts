import { CliFault } from './cli-fault.ts'

/** What DATABASE names. */
export type Database = DatabaseFile | DatabaseServer

type Wrong = (zh: string, en: string) => CliFault

interface DatabaseFile {
  readonly kind: 'sqlite'
  readonly path: string
}

export interface DatabaseServer {
  readonly kind: 'postgres' | 'mysql'
  /** For people, such as `mysql://db.internal:3306/weapp`: no user, no password. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** A Unix socket (MySQL), or the folder of one (Postgres), instead of host and port. */
  readonly socket: string | null
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: SslMode
  /** File with the certificates to trust instead of those of the system. */
  readonly rootCertificate: string | null
  /** Connections at most. */
  readonly connections: number
}

const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof sslModes)[number]

const servers: Readonly<Record<string, { readonly kind: DatabaseServer['kind']; readonly port: number }>> = {
  'postgres:': { kind: 'postgres', port: 5432 },
  'postgresql:': { kind: 'postgres', port: 5432 },
  'mysql:': { kind: 'mysql', port: 3306 },
  'mariadb:': { kind: 'mysql', port: 3306 },
}

/**
 * Reads DATABASE: a file, `sqlite:file`, or the URL of a server. `name`: what the text was given by.
 *
 * @throws CliFault `config` that names DATABASE and repeats nothing of it: it may hold a password.
 */
export function readDatabase(text: string, connections: number, name = 'DATABASE'): Database {
  const wrong: Wrong = (zh, en) => new CliFault('config', { zh: `${name} 应当${zh}。`, en: `${name} must ${en}.` })
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[0].toLowerCase()
  if (scheme === 'sqlite:') return readFile(text.slice(scheme.length).replace(/^\/\//, ''), wrong)
  const server = scheme === undefined ? undefined : servers[scheme]
  if (server) return readServer(text, server, connections, wrong)
  if (!text.includes('://')) return readFile(text, wrong)
  throw wrong(
    '是文件路径，或以 sqlite:、postgres://、mysql://、mariadb:// 开头',
    'be a file path, or begin with sqlite:, postgres://, mysql:// or mariadb://',
  )
}

function readFile(path: string, wrong: Wrong): DatabaseFile {
  if (path !== '') return { kind: 'sqlite', path }
  throw wrong('带有文件路径，如 sqlite:data/weapp-auth.sqlite', 'name a file, such as sqlite:data/weapp-auth.sqlite')
}

function readServer(
  text: string,
  { kind, port }: (typeof servers)[string],
  connections: number,
  wrong: Wrong,
): DatabaseServer {
  const url = URL.canParse(text) ? new URL(text) : null
  const [user, password, database] = [url?.username, url?.password, url?.pathname.slice(1)].map(decoded)
  const options = url && readOptions(url.searchParams, wrong)
  if (!url || !user || !database || password === undefined || !options || (url.hostname === '' && !options.socket))
    throw wrong(
      `形如 ${kind}://用户:密码@主机/数据库，其中的特殊字符用百分号转义（如 @ 写成 %40）`,
      `be like ${kind}://user:password@host/database, with special characters percent-encoded (@ as %40)`,
    )
  const at = { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? port : Number(url.port) }
  const place = options.socket ?? `${url.hostname}:${at.port}`
  return { kind, name: `${kind}://${place}/${database}`, ...at, user, password, database, ...options, connections }
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function readOptions(
  search: URLSearchParams,
  wrong: Wrong,
): Pick<DatabaseServer, 'tls' | 'rootCertificate' | 'socket'> {
  const known = ['sslmode', 'sslrootcert', 'socket']
  const unknown = [...search.keys()].find(key => !known.includes(key))
  if (unknown !== undefined)
    throw wrong(`只带 ${known.join('、')} 这些参数`, `have no other parameters than ${known.join(', ')}`)
  const mode = search.get('sslmode') ?? (search.has('sslrootcert') ? 'verify-full' : 'disable')
  const tls = sslModes.find(one => one === mode)
  if (tls === undefined)
    throw wrong(`以 sslmode 取 ${sslModes.join('、')} 之一`, `have an sslmode of ${sslModes.join(', ')}`)
  return { tls, rootCertificate: search.get('sslrootcert') || null, socket: search.get('socket') || null }
}
