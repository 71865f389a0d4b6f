import { expect, it } from 'vitest'
import { compileWxml } from './compile-wxml.ts'

const folder = (files: Readonly<Record<string, string | undefined>>) => ({
  need: (path: string) => {
    const text = files[path]
    if (text === undefined) throw new Error(`${path} is missing`)
    return text
  },
})

it('compiles every template into one expression that needs no eval', () => {
  const files = {
    'pages/index/index.wxml': '<view wx:if="{{ready}}" bindtap="go">{{name}}</view>',
    'pages/account/index.wxml': '<button open-type="getPhoneNumber">ok</button>',
  }
  const code = compileWxml(['pages/index/index', 'pages/account/index'], folder(files))
  expect(code).toContain('G["pages/index/index"]')
  expect(code).toContain('G["pages/account/index"]')
  expect(code).not.toMatch(/\beval\b|new Function/)
})

it('takes along what a template imports, and the scripts of that', () => {
  const files = {
    'pages/index/index.wxml': '<import src="../../base.wxml"/><template is="line" data="{{name}}"/>',
    'base.wxml': '<wxs module="say" src="./say.wxs"/><template name="line">{{say.loud(name)}}</template>',
    'say.wxs': 'module.exports = { loud: function (name) { return name + "!" } }',
  }
  const code = compileWxml(['pages/index/index'], folder(files))
  expect(code).toContain('G["base"]')
  expect(code).toContain('loud')
  expect(() => compileWxml(['pages/index/index'], folder({ ...files, 'say.wxs': undefined }))).toThrow(
    'say.wxs is missing',
  )
})

it('names file, line and column of a broken template', () => {
  const broken = folder({ 'pages/index/index.wxml': '<view>\n  <text>hi\n</view>' })
  expect(() => compileWxml(['pages/index/index'], broken)).toThrow('pages/index/index.wxml:2:4 missing end tag')
})
