// What deploy/compose.yaml promises. It is read here, and by Compose itself where that is installed; nothing is started.
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig, variables } from './read-config.ts'
import { secretVariables } from './read-secret-files.ts'

const slow = { timeout: 60_000 }
const file = fileURLToPath(new URL('../../../deploy/compose.yaml', import.meta.url))
const given = { WEAPP_AUTH_SITE: 'auth.example.com', WEAPP_APPID: 'wx0000000000000001' }

const compose = [['docker', 'compose'], ['docker-compose']].find(
  ([program = '', ...args]) => spawnSync(program, [...args, 'version']).status === 0,
)
if (!compose)
  process.stderr.write(
    '\n跳过 docker compose config：没有安装 / docker compose config is skipped: install Docker Compose\n',
  )

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly restart?: string
  readonly stop_grace_period?: string
  readonly healthcheck?: { readonly test?: readonly string[]; readonly interval?: string }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly networks?: readonly string[]
}

async function read() {
  const text = await readFile(file, 'utf8')
  const { services, networks } = parse(text, { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>
    readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  }
  const of = (name: string): Service => {
    const found = services[name]
    if (!found) throw new Error(`there is no service ${name}`)
    return found
  }
  return { services, networks, of }
}

describe.skipIf(!compose)('Compose', () => {
  test('takes the file, and asks for what only its owner knows', slow, () => {
    const [program = '', ...args] = compose ?? []
    const config = (env: Readonly<Record<string, string>>) =>
      spawnSync(program, [...args, '--file', file, 'config', '--quiet'], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      })
    expect(config(given)).toMatchObject({ status: 0 })
    expect(config({ WEAPP_APPID: given.WEAPP_APPID }).stderr).toContain('auth.example.com')
    expect(config({ WEAPP_AUTH_SITE: given.WEAPP_AUTH_SITE }).stderr).toContain('app id')
  })
})

test('two instances are told only what the program knows, and secrets are files', async () => {
  const { of } = await read()
  expect(of('auth-1')).toEqual(of('auth-2'))
  const { environment = {} } = of('auth-1')
  expect(of('migrate').environment).toEqual(environment)
  expect(Object.keys(environment).filter(name => !Object.hasOwn(variables, name))).toEqual([])
  for (const name of secretVariables.filter(one => environment[one] && one !== 'REDIS_URL'))
    expect(environment[name]).toMatch(/^file:\/run\/secrets\//)
  // Without a password, on a network that nobody else is in and nothing leaves.
  expect(environment.REDIS_URL).toBe('redis://redis:6379/0')
  const { TRUST_PROXY, DRAIN_SECONDS, REDIS_URL } = environment
  expect(readConfig({ TRUST_PROXY, DRAIN_SECONDS, REDIS_URL })).toMatchObject({ trustProxy: 1, drainMs: 5000 })
})

test('every container has a root that is read only, no rights, a way back, a check and time to stop', async () => {
  const { services } = await read()
  for (const [name, service] of Object.entries(services)) {
    expect([name, service.read_only, service.cap_drop, service.security_opt]).toEqual([
      name,
      true,
      ['ALL'],
      ['no-new-privileges:true'],
    ])
    if (name === 'migrate') continue
    expect([name, service.restart]).toEqual([name, 'unless-stopped'])
    expect([name, typeof service.stop_grace_period]).toEqual([name, 'string'])
    if (name !== 'proxy') expect([name, typeof service.healthcheck?.test]).toEqual([name, 'object'])
  }
})

test('the schema comes before the instances, the instances before the proxy', async () => {
  const { of } = await read()
  expect(of('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  expect(of('auth-1').depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
  expect(of('proxy').depends_on).toEqual({
    'auth-1': { condition: 'service_healthy' },
    'auth-2': { condition: 'service_healthy' },
  })
  const { drainMs } = readConfig({ DRAIN_SECONDS: of('auth-1').environment?.DRAIN_SECONDS })
  expect(Number.parseInt(of('auth-1').stop_grace_period ?? '', 10) * 1000).toBeGreaterThan(drainMs + 10_000)
})

test('only the proxy is reached from outside, and it reaches neither database nor Redis', async () => {
  const { services, networks, of } = await read()
  expect(Object.keys(services).filter(name => services[name]?.ports)).toEqual(['proxy'])
  expect(of('proxy').networks).toEqual(['front'])
  expect(networks.state?.internal).toBe(true)
  for (const name of ['postgres', 'redis']) expect(of(name).networks).toEqual(['state'])
})
