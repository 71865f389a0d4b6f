import { expect, it } from 'vitest'
import { resolveTheme } from './theme.ts'

const theme = { light: { nav: '#ffffff', style: 'black' }, dark: { nav: '#111111', style: 'white' } }
const config = { navigationBarBackgroundColor: '@nav', navigationBarTitleText: 'a@b', backgroundColor: '@unknown' }

it('takes the colours of the mode and drops names that theme.json does not know', () => {
  expect(resolveTheme(config, theme, 'dark')).toEqual({
    navigationBarBackgroundColor: '#111111',
    navigationBarTitleText: 'a@b',
  })
})

it('drops variables when there is no theme.json', () => {
  expect(resolveTheme(config, undefined, 'light')).toEqual({ navigationBarTitleText: 'a@b' })
})
