import type { MergeRequest } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { type AnswerRoute, answerRoutes, granted, refused } from '../testing/answer-routes.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import { createMerge } from './create-merge.ts'

const merge = { id: 'm', mergedUserId: 'u2', mergedAt: 't', undoUntil: 't', undoneAt: null }

async function open(answer: AnswerRoute) {
  const phone = createFakePhone()
  const got = answerRoutes(phone.server, '/v1/me/merge', answer)
  const auth = await launch(phone)
  return { auth, got, merging: createMerge({ auth }) }
}

test('a merge is told, and the client knows the user at once', async () => {
  const user = { profile: { nickname: '明明', avatarUrl: null } }
  const { merging, auth } = await open(() => granted({ merge, user }))
  expect(await merging.merge('code')).toEqual({ status: 'merged', merge, user })
  expect(auth.user()?.profile.nickname).toBe('明明')
})

test('the same code has the same nonce, however often it is asked; another code has another one', async () => {
  const { merging, got } = await open(() => refused('storage_busy'))
  const first = await merging.merge('one')
  expect(first).toMatchObject({ status: 'unavailable', message: { zh: expect.any(String) } })
  if (first.status === 'unavailable') await first.retry()
  await merging.merge('one')
  await merging.merge('two')
  const nonces = got.map(({ body }) => (body as MergeRequest).nonce)
  expect(new Set(nonces.slice(0, -1)).size).toBe(1)
  expect(nonces.at(-1)).not.toBe(nonces[0])
})

test.each([
  ['merge_code_invalid', 'expired'],
  ['merge_self', 'self'],
  ['merge_undo_late', 'late'],
  ['merge_undo_conflict', 'conflict'],
  ['merge_unknown', 'unknown'],
  ['rate_limited', 'limited'],
  ['app_unknown', 'failed'],
] as const)('the refusal %s is %s, with a sentence in both languages', async (code, status) => {
  const { merging } = await open(() => refused(code))
  const sentence = { zh: expect.any(String), en: expect.any(String) }
  expect(await merging.undo('m')).toMatchObject({ status, message: sentence })
})

test('a code is made and lives for as long as the server says', async () => {
  const { merging, got } = await open(() => granted({ code: 'abc', expiresIn: 300 }))
  expect(await merging.code()).toEqual({ status: 'made', code: 'abc', expiresInMs: 300_000 })
  expect(got).toMatchObject([{ path: '/v1/me/merge/code' }])
})
