import { describe, expect, it } from 'vitest'
import { StorageFault } from '../../src/ports/store.ts'
import {
  bytes,
  claimOf,
  countOf,
  idOf,
  newId,
  now,
  pagesOf,
  phoneOf,
  race,
  registered,
  rounds,
  ruleOf,
  type Subject,
  type UseStore,
} from './subject.ts'

const [one, two, three] = ['+8613800000001', '+8613800000002', '+8613800000003']

async function userOf(store: Subject): Promise<string> {
  return (await registered(store)).user.id
}

export function phonesContract(use: UseStore): void {
  describe('phones', () => {
    it('are none before one was recorded', async () => {
      const store = use()
      const userId = await userOf(store)
      expect(await store.currentPhone(userId)).toBeNull()
      expect(await store.phonesOf(userId)).toEqual([])
      expect(await store.findPhone(newId())).toBeNull()
    })

    it('are bound to their user', async () => {
      const store = use()
      const input = phoneOf(await userOf(store), one)
      const row = { ...input.phone, userId: input.userId, replacedAt: null, replacedReason: null }
      expect(await store.recordPhone(input)).toEqual({ status: 'bound', phone: row })
      expect(await store.currentPhone(input.userId)).toEqual(row)
      expect(await store.findPhone(row.id)).toEqual(row)
      expect(await store.phonesOf(input.userId)).toEqual([row])
    })

    it('are read page by page, each once, and no page is longer than its limit', async () => {
      const store = use()
      const [userId, other] = [await userOf(store), await userOf(store)]
      const ids: string[] = []
      for (let index = 0; index < 5; index += 1) {
        await store.recordPhone(phoneOf(other, `+861380000001${index}`))
        const input = phoneOf(userId, `+861380000000${index}`)
        await store.recordPhone(input)
        ids.unshift(input.phone.id)
      }
      const pages = await pagesOf(page => store.phonesOf(userId, page), idOf)
      expect(pages.map(rows => rows.map(idOf))).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
      expect(await store.phonesOf(userId, { after: newId() })).toEqual([])
    })

    it('become history when another takes their place', async () => {
      const store = use()
      const userId = await userOf(store)
      const inputs = [one, two, one].map((number, index) => phoneOf(userId, number, { now: now + index }))
      const statuses: string[] = []
      for (const input of inputs) statuses.push((await store.recordPhone(input)).status)
      expect(statuses).toEqual(['bound', 'replaced', 'replaced'])
      const [first, second, third] = inputs.map(input => input.phone.id)
      expect((await store.phonesOf(userId)).map(({ id, replacedAt }) => [id, replacedAt])).toEqual([
        [third, null],
        [second, now + 2],
        [first, now + 1],
      ])
      expect((await store.currentPhone(userId))?.id).toBe(third)
      expect((await store.findPhone(first ?? ''))?.replacedAt).toBe(now + 1)
    })

    it('that are the same keep their row, and remember the later verification', async () => {
      const store = use()
      const userId = await userOf(store)
      const first = phoneOf(userId, one)
      await store.recordPhone(first)
      const later = phoneOf(userId, one)
      const phone = { ...later.phone, verifiedAt: now + 5000, source: 'open-data' as const }
      const row = {
        ...first.phone,
        userId,
        replacedAt: null,
        replacedReason: null,
        verifiedAt: now + 5000,
        source: 'open-data',
      }
      expect(await store.recordPhone({ ...later, phone })).toEqual({ status: 'unchanged', phone: row })
      expect(await store.recordPhone(phoneOf(userId, one))).toEqual({ status: 'unchanged', phone: row })
      expect(await store.phonesOf(userId)).toEqual([row])
      expect(await store.findPhone(phone.id)).toBeNull()
    })

    it('may belong to several users when both keep it', async () => {
      const store = use()
      const [first, second] = [await userOf(store), await userOf(store)]
      expect((await store.recordPhone(phoneOf(first, one))).status).toBe('bound')
      expect((await store.recordPhone(phoneOf(second, one))).status).toBe('bound')
      expect(await store.currentPhone(first)).not.toBeNull()
    })

    it('that are taken are refused where the first owner keeps them, and nothing is written', async () => {
      const store = use()
      const [owner, other] = [await userOf(store), await userOf(store)]
      await store.recordPhone(phoneOf(owner, one, { conflict: ruleOf('reject', one) }))
      await store.recordPhone(phoneOf(other, two, { conflict: ruleOf('reject', two) }))
      const claim = claimOf('phone code', { kind: 'phone-code' })
      await store.claim(claim, now, 1000)
      const late = phoneOf(other, one, { conflict: ruleOf('reject', one), claims: [claim] })
      expect(await store.recordPhone(late)).toEqual({ status: 'taken' })
      expect(await store.findPhone(late.phone.id)).toBeNull()
      expect(await store.phonesOf(other)).toHaveLength(1)
      expect(await store.claim(claim, now, 1000)).toEqual({ status: 'pending' })
    })

    it('that their owner gave up, or has already, are not taken', async () => {
      const store = use()
      const [owner, other] = [await userOf(store), await userOf(store)]
      await store.recordPhone(phoneOf(owner, one, { conflict: ruleOf('reject', one) }))
      expect((await store.recordPhone(phoneOf(owner, one, { conflict: ruleOf('reject', one) }))).status).toBe(
        'unchanged',
      )
      await store.recordPhone(phoneOf(owner, two, { conflict: ruleOf('reject', two) }))
      expect((await store.recordPhone(phoneOf(other, one, { conflict: ruleOf('reject', one) }))).status).toBe('bound')
    })

    it('of one user at once leave one current, and everything else in history', async () => {
      const store = use()
      const userId = await userOf(store)
      const inputs = Array.from({ length: 64 }, (_, index) => phoneOf(userId, `+86138${index}`))
      const outcomes = await race(64, index => store.recordPhone(inputs[index] ?? phoneOf(userId, three)))
      expect(countOf(outcomes, 'bound')).toBe(1)
      expect(countOf(outcomes, 'replaced')).toBe(63)
      const history = await store.phonesOf(userId)
      expect(new Set(history.map(({ id }) => id))).toEqual(new Set(inputs.map(({ phone }) => phone.id)))
      expect(history.map(({ replacedAt }) => replacedAt === null)).toEqual([true, ...Array(63).fill(false)])
      expect(await store.currentPhone(userId)).toEqual(history[0])
    })

    it('that are the same at once make one row', async () => {
      const store = use()
      const userId = await userOf(store)
      const outcomes = await race(32, () => store.recordPhone(phoneOf(userId, one)))
      expect(countOf(outcomes, 'bound')).toBe(1)
      expect(countOf(outcomes, 'unchanged')).toBe(31)
      expect(await store.phonesOf(userId)).toHaveLength(1)
    })

    it('that the caller knows under another index are the same', async () => {
      const store = use()
      const userId = await userOf(store)
      const first = phoneOf(userId, one)
      await store.recordPhone(first)
      const sameAs = first.phone.id
      expect(await store.recordPhone(phoneOf(userId, 'one in another app', { sameAs }))).toMatchObject({
        status: 'unchanged',
        phone: { id: sameAs },
      })
      await store.recordPhone(phoneOf(userId, two))
      expect((await store.recordPhone(phoneOf(userId, 'one in another app', { sameAs }))).status).toBe('replaced')
    })

    it('are taken, too, when their owner proved them in another app', async () => {
      const store = use()
      const [owner, other] = [await userOf(store), await userOf(store)]
      await store.recordPhone(phoneOf(owner, 'one elsewhere'))
      const indexes = [bytes(one), bytes('one elsewhere')]
      const late = phoneOf(other, one, { conflict: { rule: 'reject', indexes } })
      expect(await store.recordPhone(late)).toEqual({ status: 'taken' })
    })

    it('go to the new owner where they are transferred, and stay history with the former one', async () => {
      const store = use()
      const [former, next] = [await userOf(store), await userOf(store)]
      await store.recordPhone(phoneOf(former, two))
      const lost = phoneOf(former, one, { now: now + 1 })
      await store.recordPhone(lost)
      const input = phoneOf(next, one, { now: now + 9, conflict: ruleOf('transfer', one) })
      expect(await store.recordPhone(input)).toEqual({
        status: 'bound',
        phone: { ...input.phone, userId: next, replacedAt: null, replacedReason: null },
        from: [former],
      })
      expect(await store.currentPhone(former)).toBeNull()
      expect((await store.findAccount(former))?.phone).toBeNull()
      const history = (await store.phonesOf(former)).map(row => [row.id, row.replacedAt, row.replacedReason])
      expect(history[0]).toEqual([lost.phone.id, now + 9, 'transferred'])
      expect(history[1]?.slice(1)).toEqual([now + 1, null])
      expect((await store.recordPhone(phoneOf(former, three))).status).toBe('bound')
    })

    it('are not transferred while a former owner’s proof is younger, and nothing is written', async () => {
      const store = use()
      const [former, next] = [await userOf(store), await userOf(store)]
      await store.recordPhone(phoneOf(former, one))
      const late = phoneOf(next, one, { conflict: ruleOf('transfer', one, now - 1) })
      expect(await store.recordPhone(late)).toEqual({ status: 'cooling' })
      expect(await store.findPhone(late.phone.id)).toBeNull()
      expect((await store.currentPhone(former))?.replacedAt).toBeNull()
    })

    it('go to one of the users who race for them where they are transferred', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const users = await race(16, () => userOf(store))
        const number = `+8613700000${round}`
        await store.recordPhone(phoneOf(users[0] ?? '', number, { now: now - 9 }))
        const conflict = ruleOf('transfer', number, now)
        const outcomes = await race(16, index => {
          const input = phoneOf(users[index] ?? '', number, { conflict })
          return store.recordPhone({ ...input, phone: { ...input.phone, verifiedAt: now + 1 } })
        })
        expect(countOf(outcomes, 'cooling')).toBeGreaterThanOrEqual(14)
        const owners = await race(16, index => store.currentPhone(users[index] ?? ''))
        expect(owners.filter(phone => phone !== null)).toHaveLength(1)
      }
    })

    it('go to one of the users who race for them where the first owner keeps them', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const users = await race(16, () => userOf(store))
        const number = `+8613900000${round}`
        const outcomes = await race(16, index =>
          store.recordPhone(phoneOf(users[index] ?? '', number, { conflict: ruleOf('reject', number) })),
        )
        expect(countOf(outcomes, 'bound')).toBe(1)
        expect(countOf(outcomes, 'taken')).toBe(15)
        const owners = await race(16, index => store.currentPhone(users[index] ?? ''))
        expect(owners.filter(phone => phone !== null)).toHaveLength(1)
      }
    })

    it('of nobody are refused, and leave nothing', async () => {
      const store = use()
      const input = phoneOf(newId(), one)
      expect(await store.recordPhone(input)).toEqual({ status: 'user-gone' })
      expect(await store.findPhone(input.phone.id)).toBeNull()
    })

    it('with a name that is taken are a fault, and the current one stays', async () => {
      const store = use()
      const userId = await userOf(store)
      const first = phoneOf(userId, one)
      await store.recordPhone(first)
      const second = phoneOf(userId, two)
      const broken = { ...second, phone: { ...second.phone, id: first.phone.id } }
      await expect(store.recordPhone(broken)).rejects.toBeInstanceOf(StorageFault)
      expect((await store.currentPhone(userId))?.blindIndex).toEqual(first.phone.blindIndex)
      expect((await store.currentPhone(userId))?.replacedAt).toBeNull()
    })
  })
}
