import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CompiledMiniProgram } from '../src/phone/mini-program/compiled.ts'
import { createModuleLoader } from '../src/phone/mini-program/module-loader.ts'
import { compileMiniProgram } from './compile-mini-program.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mini-program-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const page = { 'pages/index/index.ts': 'Page({})', 'pages/index/index.wxml': '<view/>' }
const app = { 'app.json': '{ "pages": ["pages/index/index"] }', 'app.ts': 'App({})', ...page }

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

async function compiled(files: Readonly<Record<string, string>>): Promise<CompiledMiniProgram> {
  write(files)
  const code = await compileMiniProgram({ root })
  const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
  return module.miniProgram
}

describe('a mini-program folder', () => {
  it('becomes one module with its configuration, templates, styles and scripts', async () => {
    const program = await compiled({ ...app, 'app.wxss': 'page { padding: 75rpx }', 'images/a.svg': '<svg/>' })
    expect(program.app.pages).toEqual(['pages/index/index'])
    expect(program.styles.app).toBe('page { padding: 10cqw }')
    expect(program.templates['pages/index/index']).toBeTypeOf('function')
    expect(Object.keys(program.modules)).toEqual(['app', 'pages/index/index'])
    expect(program.assets).toEqual({ '/images/a.svg': `data:image/svg+xml;base64,${btoa('<svg/>')}` })
  })

  it('runs its scripts as CommonJS without the globals of the browser', async () => {
    const program = await compiled({
      ...app,
      'app.ts': `import { name } from './config'
        App({ name, hidden: [typeof window, typeof fetch, typeof document, typeof process] })`,
      'config.ts': 'export const name: string = "native"',
    })
    let seen: unknown
    const globals = { App: (definition: unknown) => (seen = definition) }
    createModuleLoader({ modules: program.modules, parameters: program.moduleParameters, globals })('app')
    expect(seen).toEqual({ name: 'native', hidden: ['undefined', 'undefined', 'undefined', 'undefined'] })
  })

  it('gives the file one identity, with its ending or without', async () => {
    const program = await compiled({
      ...app,
      'app.ts': `import './shared.ts'\nimport './shared'\nimport './folder'\nApp({})`,
      'shared.ts': 'export {}',
      'folder/index.ts': 'export {}',
    })
    expect(Object.keys(program.modules).sort()).toEqual(['app', 'folder/index', 'pages/index/index', 'shared'])
  })

  it('isolates the styles of a component, and follows one that uses itself only once', async () => {
    const program = await compiled({
      ...app,
      'pages/index/index.json': '{ "usingComponents": { "tree": "../../components/tree" } }',
      'components/tree.json': '{ "component": true, "usingComponents": { "tree": "./tree" } }',
      'components/tree.ts': 'Component({})',
      'components/tree.wxml': '<tree wx:if="{{deep}}"/>',
      'components/tree.wxss': '.leaf { top: 0 }',
    })
    expect(program.styles['components/tree']).toBe(`.${program.styleScopes['components/tree']}--leaf { top: 0 }`)
  })

  it.each([
    ['app.json', {}, 'app.json is missing'],
    ['a template', { ...app, 'pages/index/index.wxml': undefined }, 'pages/index/index.wxml is missing'],
    ['a script', { ...app, 'pages/index/index.ts': undefined }, 'pages/index/index.ts (or .js) is missing'],
    ['valid JSON', { ...app, 'app.json': '{ "pages": ' }, 'app.json is not valid JSON'],
    ['a required file', { ...app, 'app.ts': "import './gone'" }, 'gone.ts (or .js) is missing'],
  ])('says what is wrong without %s', async (_, files, message) => {
    write(Object.fromEntries(Object.entries(files).filter((file): file is [string, string] => file[1] !== undefined)))
    await expect(compileMiniProgram({ root })).rejects.toThrow(message)
  })
})
