import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findMiniProgram } from './find-mini-program.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'programs-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, content: object = {}): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), JSON.stringify(content))
}

it('takes a folder with app.json as it is', () => {
  write('shop/app.json')
  expect(findMiniProgram(join(root, 'shop'))).toMatchObject({ name: 'shop', kind: 'native', root: join(root, 'shop') })
})

it('finds what uni-app and Taro have built, and the folder that DevTools is told', () => {
  write('uni/package.json', { dependencies: { '@dcloudio/uni-app': '3' } })
  write('uni/dist/build/mp-weixin/app.json')
  write('taro/package.json', { dependencies: { '@tarojs/taro': '4' } })
  write('taro/dist/app.json')
  write('tools/project.config.json', { miniprogramRoot: 'client/' })
  write('tools/client/app.json')
  const built = join(root, 'uni/dist/build/mp-weixin')
  expect(findMiniProgram(join(root, 'uni'))).toMatchObject({ name: 'uni', kind: 'uni-app', root: built })
  expect(findMiniProgram(built)).toMatchObject({ name: 'uni', kind: 'uni-app', root: built })
  expect(findMiniProgram(join(root, 'taro'))).toMatchObject({ name: 'taro', kind: 'taro' })
  expect(findMiniProgram(join(root, 'tools'))).toMatchObject({ name: 'tools', root: join(root, 'tools/client') })
})

it('says how to build what is not built, and takes the name that it is given', () => {
  write('uni/package.json', { scripts: { 'build:mp-weixin': 'uni build' }, dependencies: { '@dcloudio/uni-app': '3' } })
  const found = findMiniProgram(`mine=${join(root, 'uni')}`)
  expect(found).toMatchObject({ name: 'mine', kind: 'uni-app', root: null })
  expect(found.build).toContain('npm run build:mp-weixin')
  expect(findMiniProgram(join(root, 'nowhere', 'dist'))).toMatchObject({ name: 'nowhere', root: null })
})
