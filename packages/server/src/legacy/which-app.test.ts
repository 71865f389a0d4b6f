import { describe, expect, it } from 'vitest'
import { whichApp } from './which-app.ts'

const one = 'wx0000000000000001'
const two = 'wx0000000000000002'
const from = (appId: string) => `https://servicewechat.com/${appId}/42/page-frame.html`
const refused = expect.objectContaining({ code: 'app_unknown' })

describe('the app of an old page', () => {
  it.each([
    ['is the one in the path', [one, two], { named: two, referer: null }, two],
    ['is the one in the Referer of wx.request', [one, two], { named: undefined, referer: from(two) }, two],
    ['is the one that both name', [one, two], { named: two, referer: from(two) }, two],
    ['is the only one that has the path', [one], { named: undefined, referer: null }, one],
    [
      'is the only one also when the Referer is none of wx.request',
      [one],
      { named: undefined, referer: 'https://a.example/' },
      one,
    ],
  ])('%s', (_, served, signs, app) => {
    expect(whichApp(served, signs)).toBe(app)
  })

  it.each([
    ['two could be meant', [one, two], { named: undefined, referer: null }],
    ['path and Referer disagree', [one, two], { named: one, referer: from(two) }],
    ['the path names an app without this path', [one], { named: two, referer: null }],
    ['the Referer names an app without this path', [one], { named: undefined, referer: from(two) }],
    ['the Referer only looks like one', [one, two], { named: undefined, referer: `https://a.example/?${from(one)}` }],
  ])('is not guessed when %s', (_, served, signs) => {
    expect(() => whichApp(served, signs)).toThrow(refused)
  })
})
