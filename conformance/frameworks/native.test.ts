import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe } from 'vitest'
import { readWxml } from './read-wxml.ts'
import { tellScenarios } from './scenarios.ts'

const root = fileURLToPath(new URL('../../examples/native/miniprogram', import.meta.url))

/** The example as DevTools compiles it: each script by itself, the client as an npm package. */
async function compile(): Promise<Record<string, string>> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map(path => path.split(sep).join('/'))
  const sources = paths.filter(path => path.endsWith('.ts') && !path.startsWith('miniprogram_npm'))
  const common = { write: false, format: 'cjs', target: 'es2018', logLevel: 'warning' } as const
  const own = await build({
    ...common,
    entryPoints: sources.map(path => join(root, path)),
    outbase: root,
    outdir: root,
  })
  const client = await build({
    ...common,
    stdin: { contents: "export * from '@weapp-auth/client/wx'", resolveDir: root },
    bundle: true,
    platform: 'neutral',
    conditions: ['@weapp-auth/source'],
    outfile: join(root, 'miniprogram_npm/@weapp-auth/client/wx.js'),
  })
  const pathOf = (file: string) =>
    file
      .slice(root.length + 1)
      .split(sep)
      .join('/')
  const texts = paths.filter(path => /\.(json|wxml)$/.test(path))
  return Object.fromEntries([
    ...texts.map(path => [path, readFileSync(join(root, path), 'utf8')]),
    ...[...own.outputFiles, ...client.outputFiles].map(({ path, text }) => [pathOf(path), text]),
  ])
}

const files = await compile()

describe('native', () => {
  tellScenarios({ files, read: ({ page }) => readWxml(files[`${String(page.route)}.wxml`] ?? '', Object(page.data)) })
})
