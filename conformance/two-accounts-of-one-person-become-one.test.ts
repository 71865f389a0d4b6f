import { createMerge } from '@weapp-auth/client/merge'
import type { MergeAnswer, MergeCodeAnswer, MergePreviewAnswer } from '@weapp-auth/protocol/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kwan, lin, openStage, type Stage, worlds } from './stage.ts'

const days = (count: number) => count * 24 * 60 * 60_000

let stage: Stage
afterEach(() => stage.close())

type Visit = ReturnType<Stage['open']>

async function post<T>({ auth }: Visit, url: string, body: Record<string, unknown>): Promise<T> {
  const answer = await auth.request({ url, method: 'POST', body })
  if (answer.status !== 'answered') throw new Error(`${url}: ${answer.status}`)
  return answer.response.body as T
}

const idOf = async (visit: Visit) => ((await visit.get('/v1/me')) as { user: { id: string } }).user.id

/** One person with two WeChat accounts, and a number in each. */
async function twoAccounts() {
  const [stays, goes] = [stage.open(lin), stage.open(kwan)]
  await stays.tap()
  await goes.tap()
  const ids = [await idOf(stays), await idOf(goes)]
  const { code } = await post<MergeCodeAnswer>(goes, '/v1/me/merge/code', {})
  return { stays, goes, ids, code }
}

describe.each(worlds)('%s', (_, world) => {
  beforeEach(async () => {
    stage = await openStage(world)
  })

  test('who holds both sees what would happen, and then has one account by both logins', async () => {
    const { stays, goes, ids, code } = await twoAccounts()
    const preview = await post<MergePreviewAnswer>(stays, '/v1/me/merge/preview', { code })
    expect(preview).toMatchObject({
      survivor: { phones: [{ masked: '138******00', current: true }] },
      merged: { phones: [{ countryCode: '852', current: true }] },
      conflicts: ['phone'],
    })
    expect(JSON.stringify(preview)).not.toContain('51234567')

    const { merge, user } = await post<MergeAnswer>(stays, '/v1/me/merge', { code, nonce: 'n'.repeat(24) })
    expect([user.id, merge.mergedUserId]).toEqual(ids)
    // The other client notices nothing: its session is over, it logs in silently, and it is the same person now.
    expect(await idOf(goes)).toBe(ids[0])
    expect(await goes.get('/v1/me/phones')).toMatchObject({
      phones: [
        { number: '+85251234567', replacedReason: 'merged' },
        { number: '+8613800138000', replacedAt: null },
      ],
    })
    expect(stage.events.filter(({ type }) => type === 'users-merged')).toHaveLength(1)
  })

  test('the same with the helper of the client, which learns of it and takes it back', async () => {
    const [stays, goes] = [stage.open(lin), stage.open(kwan)]
    const [here, there] = [createMerge({ auth: stays.auth }), createMerge({ auth: goes.auth })]
    await stays.tap()
    await goes.tap()
    const ids = [await idOf(stays), await idOf(goes)]
    const made = await there.code()
    if (made.status !== 'made') throw new Error(made.status)
    expect(await there.merge(made.code)).toMatchObject({ status: 'self' })
    expect(await here.preview(made.code)).toMatchObject({ status: 'shown', conflicts: ['phone'] })
    const outcome = await here.merge(made.code)
    if (outcome.status !== 'merged') throw new Error(outcome.status)
    expect(outcome).toMatchObject({ user: { id: ids[0] }, merge: { mergedUserId: ids[1] } })
    expect(await here.merge(made.code)).toEqual(outcome)
    expect(stays.auth.user()?.id).toBe(ids[0])
    expect(await here.list()).toMatchObject({ status: 'listed', merges: [{ id: outcome.merge.id }] })
    expect(await here.preview(made.code)).toMatchObject({ status: 'expired' })
    expect(await here.undo('00000000-0000-7000-8000-000000000000')).toMatchObject({ status: 'unknown' })
    expect(await here.undo(outcome.merge.id)).toMatchObject({ status: 'undone' })
    expect([await idOf(stays), await idOf(goes)]).toEqual(ids)
  })

  test('and takes it back within seven days, from either login', async () => {
    const { stays, goes, ids, code } = await twoAccounts()
    await post<MergeAnswer>(stays, '/v1/me/merge', { code, nonce: 'n'.repeat(24) })
    stage.advance(days(6))
    const { merges } = (await goes.get('/v1/me/merge')) as { merges: { id: string }[] }
    await post<MergeAnswer>(goes, '/v1/me/merge/undo', { mergeId: merges[0]?.id })
    expect([await idOf(stays), await idOf(goes)]).toEqual(ids)
    expect(await goes.get('/v1/me')).toMatchObject({ user: { phone: { number: '+85251234567', replacedAt: null } } })
    expect(await stays.get('/v1/me/phones')).toMatchObject({ phones: [{ number: '+8613800138000' }] })
  })
})
