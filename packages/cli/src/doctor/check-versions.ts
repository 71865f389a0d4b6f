import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { nodeVersionProblem } from '../node-version.ts'
import type { CheckResult, DoctorTools } from './check-result.ts'

/** Node, and the packages of ours, which only fit each other in one version. */
export function checkVersions({ nodeVersion }: Pick<DoctorTools, 'nodeVersion'>): readonly CheckResult[] {
  return [checkNode(nodeVersion), checkPackages(installedVersions())]
}

function checkNode(version: string): CheckResult {
  const about = `Node.js ${version}`
  const problem = nodeVersionProblem(version)
  if (problem !== null) {
    const [zh = '', en = ''] = problem.split('\n')
    return { check: 'versions', status: 'fail', about, found: { zh, en } }
  }
  if (!version.startsWith('20.'))
    return { check: 'versions', status: 'ok', about, found: { zh: '可以使用。', en: 'It can be used.' } }
  return {
    check: 'versions',
    status: 'warn',
    about,
    found: {
      zh: 'Node.js 20 自 2026 年 4 月起不再有安全更新。',
      en: 'Node.js 20 has had no security updates since April 2026.',
    },
    fix: { zh: '升级到 Node.js 22 或 24。', en: 'Upgrade to Node.js 22 or 24.' },
  }
}

/** Exported for its test. */
export function checkPackages(versions: Readonly<Record<string, string>>): CheckResult {
  const own = versions['weapp-auth'] ?? ''
  const about = `weapp-auth ${own}`
  const others = Object.entries(versions).filter(([, version]) => version !== own)
  if (others.length === 0)
    return {
      check: 'versions',
      status: 'ok',
      about,
      found: { zh: '各个包版本一致。', en: 'All packages are of one version.' },
    }
  const listed = others.map(([name, version]) => `${name} ${version}`).join(', ')
  return {
    check: 'versions',
    status: 'fail',
    about,
    found: { zh: `各个包版本不一致：${listed}。`, en: `The packages are of several versions: ${listed}.` },
    fix: {
      zh: `执行 npm install weapp-auth@${own}，并删除对其他版本的锁定。`,
      en: `Run npm install weapp-auth@${own}, and unpin the others.`,
    },
  }
}

function installedVersions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url)
  const names = ['@weapp-auth/protocol', '@weapp-auth/server', '@weapp-auth/wechat']
  const read = (file: string | URL) => (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
  return {
    'weapp-auth': read(new URL('../../package.json', import.meta.url)),
    ...Object.fromEntries(
      names.map(name => [name, read(`${require.resolve(name).replace(/(src|dist)[\\/]index\.\w+$/, '')}package.json`)]),
    ),
  }
}
