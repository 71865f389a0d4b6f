import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe } from 'vitest'
import { filesIn, readOutput } from './read-output.ts'
import { wxmlReader } from './read-wxml.ts'
import { tellScenarios } from './scenarios.ts'
import { vmPhone } from './vm-phone.ts'

const root = fileURLToPath(new URL('../../examples/native/miniprogram', import.meta.url))
const buildClient = fileURLToPath(new URL('../../packages/client/build.mjs', import.meta.url))

/** The example as DevTools compiles it: each script by itself, and the built client as its "build npm" copies it. */
async function compile(): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    entryPoints: filesIn(root, /(?<!\.d)\.ts$/).map(path => join(root, path)),
    outbase: root,
    outdir: root,
    write: false,
    format: 'cjs',
    target: 'es2018',
    logLevel: 'warning',
  })
  const scripts = outputFiles.map(({ path, text }) => [relative(root, path).split(sep).join('/'), text])
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-native-'))
  execFileSync(process.execPath, [buildClient, folder])
  const client = Object.entries(readOutput(join(folder, 'miniprogram_dist')))
  rmSync(folder, { recursive: true })
  return {
    ...readOutput(root),
    ...Object.fromEntries(client.map(([path, text]) => [`miniprogram_npm/@weapp-auth/client/${path}`, text])),
    ...Object.fromEntries(scripts),
  }
}

const files = await compile()

describe('native', { timeout: 30_000 }, () => {
  // Counts of the phone button, once.
  tellScenarios(vmPhone({ files, read: wxmlReader(files) }), { asks: ['/v1/steps'] })
})
