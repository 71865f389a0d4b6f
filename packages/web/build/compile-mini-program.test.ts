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

function write(files: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) continue
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

async function compiled(files: Readonly<Record<string, string | undefined>>): Promise<CompiledMiniProgram> {
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

  it('keeps rings of modules as they are, and finds packages where "build npm" puts them', async () => {
    const program = await compiled({
      ...app,
      'app.js': "exports.early = 1; App({ seen: require('./b').seen, npm: require('thing/part').name })",
      'app.ts': undefined,
      'b.js': "exports.seen = require('./app').early",
      'miniprogram_npm/thing/part.js': "exports.name = 'thing'",
    })
    let seen: unknown
    const globals = { App: (definition: unknown) => (seen = definition) }
    createModuleLoader({ modules: program.modules, parameters: program.moduleParameters, globals })('app')
    expect(seen).toEqual({ seen: 1, npm: 'thing' })
  })

  it('knows the pages of subpackages and components of packages', async () => {
    const program = await compiled({
      ...app,
      'app.json': '{ "pages": ["pages/index/index"], "subPackages": [{ "root": "more", "pages": ["a/index"] }] }',
      'more/a/index.js': 'Page({})',
      'more/a/index.wxml': '<chip/>',
      'more/a/index.json': '{ "usingComponents": { "chip": "@scope/kit/chip/index" } }',
      'node_modules/@scope/kit/package.json': '{ "miniprogram": "built" }',
      'node_modules/@scope/kit/built/chip/index.json': '{ "component": true }',
      'node_modules/@scope/kit/built/chip/index.js': "Component({ mixed: require('../mixed') })",
      'node_modules/@scope/kit/built/mixed.js': '',
      'node_modules/@scope/kit/built/chip/index.wxml': '<slot/>',
    })
    const chip = 'miniprogram_npm/@scope/kit/chip/index'
    expect(program.app.pages).toEqual(['pages/index/index', 'more/a/index'])
    expect(program.configs['more/a/index']?.usingComponents).toEqual({ chip: `/${chip}` })
    expect(Object.keys(program.modules)).toEqual(expect.arrayContaining([chip, 'miniprogram_npm/@scope/kit/mixed']))
  })

  it.each([
    ['app.json', {}, 'app.json is missing'],
    ['a template', { ...app, 'pages/index/index.wxml': undefined }, 'pages/index/index.wxml is missing'],
    ['a script', { ...app, 'pages/index/index.ts': undefined }, 'pages/index/index.ts (or .js) is missing'],
    ['valid JSON', { ...app, 'app.json': '{ "pages": ' }, 'app.json is not valid JSON'],
    ['a component', { ...app, 'pages/index/index.json': '{ "usingComponents": { "a": "gone/a" } }' }, 'gone/a, which'],
    ['a required file', { ...app, 'app.ts': "import './gone'" }, 'gone.ts (or .js) is missing'],
  ])('says what is wrong without %s', async (_, files, message) => {
    write(files)
    await expect(compileMiniProgram({ root })).rejects.toThrow(message)
  })
})
