import { expect, it } from 'vitest'
import { readPageUrl } from './page-url.ts'

it.each([
  ['/pages/account/index', 'pages/account/index', {}],
  ['../account/index?from=card&n=1', 'pages/account/index', { from: 'card', n: '1' }],
  ['./detail', 'pages/index/detail', {}],
  ['/a/b?sign=a=b', 'a/b', { sign: 'a=b' }],
  ['detail?name=%E6%9E%97', 'pages/index/detail', { name: '%E6%9E%97' }],
])('reads %s from pages/index/index', (url, route, query) => {
  expect(readPageUrl(url, 'pages/index/index')).toEqual({ route, query })
})
