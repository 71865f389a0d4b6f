import { expect, it } from 'vitest'
import { compileWxml } from './compile-wxml.ts'

it('compiles every template into one expression that needs no eval', () => {
  const code = compileWxml(
    new Map([
      ['pages/index/index', '<view wx:if="{{ready}}" bindtap="go">{{name}}</view>'],
      ['pages/account/index', '<button open-type="getPhoneNumber">ok</button>'],
    ]),
  )
  expect(code).toContain('G["pages/index/index"]')
  expect(code).toContain('G["pages/account/index"]')
  expect(code).not.toMatch(/\beval\b|new Function/)
})

it('names file, line and column of a broken template', () => {
  const broken = new Map([['pages/index/index', '<view>\n  <text>hi\n</view>']])
  expect(() => compileWxml(broken)).toThrow('pages/index/index.wxml:2:4 missing end tag')
})
