// What deploy/kubernetes promises, read from what kustomize really makes of it.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { routes } from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { readConfig, variables } from './read-config.ts'
import { secretVariables } from './read-secret-files.ts'
import { runCommand } from './run-command.ts'

const slow = { timeout: 60_000 }
const folder = fileURLToPath(new URL('../../../deploy/kubernetes', import.meta.url))
const rendered = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })
const isThere = rendered.error === undefined
if (!isThere)
  process.stderr.write(
    '\n跳过 Kubernetes 清单的测试：没有 kubectl / the test of the Kubernetes manifests is skipped: install kubectl\n',
  )

/** What tests read of a manifest; the kinds have some of it each. */
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly data: Readonly<Record<string, string>>
  readonly stringData: Readonly<Record<string, string>>
  readonly spec: {
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec }
    readonly selector: Labels & { readonly matchLabels: Labels }
    readonly podSelector: { readonly matchLabels: Labels }
    readonly strategy: { readonly rollingUpdate: { readonly maxUnavailable: number; readonly maxSurge: number } }
    readonly replicas?: number
    readonly maxUnavailable: number
    readonly minReplicas: number
    readonly scaleTargetRef: { readonly kind: string; readonly name: string }
    readonly policyTypes: readonly string[]
    readonly rules: readonly { readonly http: { readonly paths: readonly { readonly path: string }[] } }[]
  }
}
type Labels = Readonly<Record<string, string>>
interface Probe {
  readonly httpGet: { readonly path: string }
  readonly periodSeconds: number
  readonly failureThreshold: number
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly automountServiceAccountToken: boolean
  readonly securityContext: object
  readonly topologySpreadConstraints: readonly { readonly labelSelector: { readonly matchLabels: Labels } }[]
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly defaultMode: number } }[]
  readonly containers: readonly {
    readonly image: string
    readonly args: readonly string[]
    readonly securityContext: object
    readonly resources: { readonly requests: object; readonly limits: object }
    readonly startupProbe: Probe
    readonly readinessProbe: Probe
    readonly livenessProbe: Probe
    readonly volumeMounts: readonly { readonly mountPath: string; readonly subPath?: string }[]
  }[]
}

const manifests = isThere ? parseAllDocuments(rendered.stdout).map(document => document.toJS() as Manifest) : []

function only(kind: string): Manifest {
  const [found, ...others] = manifests.filter(one => one.kind === kind)
  if (!found || others.length > 0) throw new Error(`there is not exactly one ${kind}`)
  return found
}

function containerOf(kind: string) {
  const [container] = only(kind).spec.template.spec.containers
  if (!container) throw new Error(`the ${kind} has no container`)
  return container
}

/** The environment of the pods, with the files of the Secret where the mount puts them. */
async function environment(values: Readonly<Record<string, string>>) {
  const place = await temporaryFolder()
  for (const [name, text] of Object.entries(values)) await writeFile(join(place, name), text, { mode: 0o440 })
  const moved = Object.entries(only('ConfigMap').data).map(
    ([name, text]) => [name, text.replace('/run/secrets/weapp-auth', place)] as const,
  )
  return Object.fromEntries(moved) as Readonly<Record<string, string>>
}

const good = {
  ISSUER: 'https://auth.example.com',
  WEAPP_APPID: 'wx0000000000000001',
}
const goodSecrets = {
  'app-secret': '0123456789abcdef0123456789abcdef',
  database: 'postgres://weapp:password@127.0.0.1:1/weapp',
  redis: 'redis://127.0.0.1:1/0',
  'metrics-token': 'only-for-the-test-0123456789',
  'keys.json': 'REPLACE',
}

describe.skipIf(!isThere)('the Kubernetes manifests', () => {
  test('are rendered by kustomize, each in the namespace, with the image that is to be replaced in one place', () => {
    expect(rendered).toMatchObject({ status: 0, stderr: '' })
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(
      'ConfigMap Deployment HorizontalPodAutoscaler Ingress Job Namespace NetworkPolicy PodDisruptionBudget Secret Service'.split(
        ' ',
      ),
    )
    for (const { kind, metadata } of manifests)
      if (kind !== 'Namespace') expect(metadata.namespace).toBe(only('Namespace').metadata.name)
    for (const kind of ['Job', 'Deployment'])
      expect(containerOf(kind).image).toMatch(/^registry\.example\.com\/weapp-auth[:@]/)
  })

  test('say only what the program knows, and secrets are files of the Secret', () => {
    const { data } = only('ConfigMap')
    expect(Object.keys(data).filter(name => name !== 'NODE_ENV' && !Object.hasOwn(variables, name))).toEqual([])
    const mounted = containerOf('Deployment').volumeMounts.find(({ mountPath }) => mountPath.startsWith('/run/secrets'))
    expect(mounted).not.toHaveProperty('subPath')
    for (const name of secretVariables.filter(one => data[one])) expect(data[name]).toMatch(/^file:/)
    const named = Object.values(data).flatMap(text => text.match(/\/run\/secrets\/.*/) ?? [])
    expect(named.sort()).toEqual(
      Object.keys(only('Secret').stringData)
        .map(name => `${mounted?.mountPath}/${name}`)
        .sort(),
    )
  })

  test.each(Object.keys({ ...good, ...goodSecrets }))('as they come, %s is refused', slow, async name => {
    const placeholders = { ...only('ConfigMap').data, ...only('Secret').stringData }
    const isWrong = (one: string) => one === name
    const env = await environment({ ...goodSecrets, ...(isWrong(name) && { [name]: placeholders[name] }) })
    const changed = Object.fromEntries(Object.entries(good).filter(([one]) => !isWrong(one)))
    const { terminal, err, stop } = createFakeTerminal({ ...env, ...changed, HOST: '127.0.0.1', PORT: '0' })
    stop()
    expect(await runCommand(['serve'], terminal)).toBe(78)
    expect(err()).toContain(name === 'keys.json' ? 'keys.json' : (variableNamed(name) ?? name))
  })

  function variableNamed(file: string) {
    return Object.entries(only('ConfigMap').data).find(([, text]) => text.endsWith(`/${file}`))?.[0]
  }

  test('with its placeholders replaced it is a whole configuration for production', async () => {
    const { data } = only('ConfigMap')
    const files = { WEAPP_SECRET: goodSecrets['app-secret'], DATABASE: goodSecrets.database }
    const rest = { REDIS_URL: goodSecrets.redis, METRICS_TOKEN: goodSecrets['metrics-token'] }
    const config = readConfig({ ...data, ...good, ...files, ...rest })
    expect(config).toMatchObject({ production: true, host: '0.0.0.0', port: 8787, trustProxy: 1 })
  })

  test('a pod is asked at our own paths, and has the time to drain', () => {
    const { terminationGracePeriodSeconds } = only('Deployment').spec.template.spec
    const { startupProbe, readinessProbe, livenessProbe } = containerOf('Deployment')
    expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      routes.health,
      routes.ready,
      routes.health,
    ])
    const drain = Number(only('ConfigMap').data.DRAIN_SECONDS)
    // Requests under way are waited for 10 s.
    expect(terminationGracePeriodSeconds).toBeGreaterThan(drain + 10)
    expect(drain).toBeGreaterThan(readinessProbe.periodSeconds * readinessProbe.failureThreshold)
  })

  test('nobody in a pod can become more, or write more than data', () => {
    for (const kind of ['Job', 'Deployment']) {
      const { spec } = only(kind).spec.template
      expect(spec.automountServiceAccountToken).toBe(false)
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      expect(containerOf(kind)).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { memory: expect.any(String) }, limits: { memory: expect.any(String) } },
      })
      // Others than the group may not read it: the program refuses such a key file.
      expect(spec.volumes.find(({ secret }) => secret)?.secret?.defaultMode).toBe(0o440)
    }
  })

  test('an upgrade and a drained node leave instances behind, and every selector finds the pods', () => {
    const { spec } = only('Deployment')
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 })
    expect(spec.replicas).toBeUndefined()
    expect(only('HorizontalPodAutoscaler').spec).toMatchObject({
      minReplicas: 2,
      scaleTargetRef: { kind: 'Deployment', name: only('Deployment').metadata.name },
    })
    expect(only('PodDisruptionBudget').spec.maxUnavailable).toBe(1)
    const { labels } = spec.template.metadata
    const selectors = [
      spec.selector.matchLabels,
      only('Service').spec.selector,
      only('PodDisruptionBudget').spec.selector.matchLabels,
      only('NetworkPolicy').spec.podSelector.matchLabels,
      ...spec.template.spec.topologySpreadConstraints.map(({ labelSelector }) => labelSelector.matchLabels),
    ]
    for (const selector of selectors) expect(labels).toMatchObject(selector)
    const job = only('Job').spec.template.metadata.labels
    expect(job).toMatchObject(only('NetworkPolicy').spec.podSelector.matchLabels)
    expect(job).not.toMatchObject(only('Service').spec.selector)
    expect(only('NetworkPolicy').spec.policyTypes).toEqual(['Ingress', 'Egress'])
  })

  test('the ingress shows nothing of operators and of what watches the server', () => {
    const paths = only('Ingress').spec.rules.flatMap(({ http }) => http.paths.map(({ path }) => path))
    expect(paths).toEqual(['/v1', routes.jwks, routes.oauthMetadata, routes.openidConfiguration])
  })
})
