import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What `npm install --omit=dev` of the command line puts on a disk. */
export interface ProductionSize {
  readonly bytes: number
  /** The native part of SQLite, which the install compiles or downloads; in `bytes` too. */
  readonly nativeBytes: number
  /** The largest packages, with all that lies in their folder. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[]
}

const workspaces = ['protocol', 'wechat', 'server', 'client', 'emulator', 'web', 'cli']

/** Packs what `weapp-auth` consists of and installs it as a user would; asks the registry for the dependencies. */
export function productionSize(root: string): ProductionSize {
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-size-'))
  try {
    const names = workspaces.flatMap(name => ['--workspace', join('packages', name)])
    npm(root, ['pack', ...names, '--pack-destination', folder])
    const tarballs = readdirSync(folder).filter(name => name.endsWith('.tgz'))
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    npm(folder, ['install', '--omit=dev', '--ignore-scripts', ...tarballs.map(name => `./${name}`)])
    const native = statSync(join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node')).size
    const packages = packagesIn(join(folder, 'node_modules'))
    const bytes = packages.reduce((sum, one) => sum + one.bytes, native)
    return { bytes, nativeBytes: native, packages: packages.sort((a, b) => b.bytes - a.bytes).slice(0, 12) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function npm(folder: string, args: readonly string[]): void {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, stderr } = spawnSync(command, [...args, '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${stderr}`)
}

function packagesIn(folder: string): { name: string; bytes: number }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => {
      const path = join(folder, name)
      if (!name.startsWith('@')) return [{ name, bytes: bytesIn(path) }]
      return packagesIn(path).map(inner => ({ ...inner, name: `${name}/${inner.name}` }))
    })
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
