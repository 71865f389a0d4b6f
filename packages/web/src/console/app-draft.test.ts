import type { OperatorApp } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { changesOf, draftOf } from './app-draft.ts'

const app = {
  appId: 'wx1',
  from: 'store',
  secretDigest: '01234567',
  version: 3,
  changedAt: null,
  policy: {
    name: 'Shop',
    component: null,
    openData: 'enforce',
    phoneConflict: 'reject',
    phoneCoolDownMs: 3_600_000,
    phoneBudget: 500,
    consentVersion: 'v1',
    sms: 'off',
    smsCountries: ['86'],
    smsLimits: { perNumber: 1, perUser: 1, perIp: 1, perApp: 1 },
    push: null,
    legacy: null,
  },
} as const satisfies OperatorApp

test('what was not touched is not sent', () => {
  expect(changesOf(draftOf(app), draftOf(app))).toEqual({})
})

test('what was emptied goes back to its default, and a number is a number', () => {
  const draft = draftOf(app)
  expect(changesOf(draft, { ...draft, phoneBudget: '', consentVersion: ' ', name: 'Shop 2' })).toEqual({
    phoneBudget: null,
    consentVersion: null,
    name: 'Shop 2',
  })
  expect(changesOf(draft, { ...draft, phoneBudget: '900' })).toEqual({ phoneBudget: 900 })
})

test('secrets go in, and are in no form that is opened', () => {
  const draft = draftOf(app)
  expect([draft.secret, draft.pushToken, draft.pushKey]).toEqual(['', '', ''])
  const token = 'token'
  expect(changesOf(draft, { ...draft, secret: ' s3cret-s3cret ', pushToken: token })).toEqual({
    secret: 's3cret-s3cret',
    push: { token },
  })
})

test('a cool-down is told in hours', () => {
  const draft = draftOf(app)
  expect(draft.coolDownHours).toBe('1')
  expect(changesOf(draft, { ...draft, coolDownHours: '48' })).toEqual({ phoneCoolDownMs: 172_800_000 })
  expect(changesOf(draft, { ...draft, coolDownHours: '' })).toEqual({ phoneCoolDownMs: null })
})

test('old formats are switched one by one and keep their own paths', () => {
  const doors = [
    { format: '000', step: 'login', path: '/wx/login' },
    { format: '000', step: 'phone', path: '/wx/phone' },
    { format: '003b', step: 'phone', path: '/user' },
  ] as const
  const served = { ...app, policy: { ...app.policy, legacy: { doors, tokenHeader: 'x-token', exposeOpenId: true } } }
  const draft = draftOf(served)
  expect(draft.legacy).toEqual(['000', '003b'])
  expect(changesOf(draft, { ...draft, legacy: [] }, served)).toEqual({ legacy: null })
  expect(changesOf(draft, { ...draft, legacy: ['002', '000'] }, served)).toEqual({
    legacy: {
      formats: ['000', '002'],
      paths: { '000': { login: '/wx/login', phone: '/wx/phone' } },
      tokenHeader: 'x-token',
      exposeOpenId: false,
    },
  })
  expect(changesOf(draftOf(app), { ...draftOf(app), legacy: ['003b'] }, app)).toEqual({ legacy: { formats: ['003b'] } })
})
