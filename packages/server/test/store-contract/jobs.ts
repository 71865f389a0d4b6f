import { describe, expect, it } from 'vitest'
import { limits } from '../../src/domain/limits.ts'
import type { AddJob, JobErasure, PartsErasure, SettleJob } from '../../src/ports/job-store.ts'
import {
  againOf,
  appId,
  bytes,
  minute,
  newId,
  now,
  phoneOf,
  race,
  registered,
  rounds,
  type Subject,
  type UseStore,
} from './subject.ts'

function jobOf(overrides: Partial<AddJob> = {}): AddJob {
  const id = newId()
  const hashes = { event: bytes(`event ${id}`), stamp: bytes(`stamp ${id}`), sealed: bytes('sealed') }
  return { id, kind: 'authorization-revoked', appId, ...hashes, eventAt: now, dueAt: now, ...overrides }
}

const take = (store: Subject, at = now, holder = newId()) =>
  store.takeJob({ now: at, holder, until: at + minute }).then(job => job && { ...job, holder })

const audit = { at: now, actor: 'wechat', act: 'authorization-revoked', appId, subject: null, details: {} } as const
const settlementOf = (jobId: string, holder: string, erase: JobErasure | null = null): SettleJob => ({
  now,
  jobId,
  holder,
  erase,
  audit,
})

/** Adds a job, takes it and settles it. */
async function done(store: Subject, erase: JobErasure | null) {
  await store.addJob(jobOf())
  const job = await take(store)
  if (!job) throw new Error('expected a job')
  const outcome = await store.settleJob(settlementOf(job.id, job.holder, erase))
  if (outcome.status !== 'settled') throw new Error('expected a settled job')
  return outcome
}

const none = { accounts: 0, phones: 0, nicknames: 0, avatars: 0, withdrawals: 0 }
const until = now + minute

/** A user who told everything at `now`, and agreed to it. */
async function told(store: Subject) {
  const login = await registered(store)
  const userId = login.user.id
  await store.recordPhone(phoneOf(userId, '+8613800000001'))
  await store.recordPhone(phoneOf(userId, '+8613800000002'))
  await store.recordProfile({
    now,
    askedAt: now,
    userId,
    sealedNickname: bytes('xiaoming'),
    avatarKey: `avatar of ${userId}`,
  })
  const consent = { now, userId, appId, version: 'v1', textHash: null } as const
  await store.recordConsent({ ...consent, scope: 'phone', attempt: bytes('phone') })
  await store.recordConsent({ ...consent, scope: 'profile', attempt: bytes('profile') })
  return { login, userId }
}

function partsOf(userId: string, overrides: Partial<PartsErasure> = {}): PartsErasure {
  const what = ['phone', 'nickname', 'avatar'] as const
  return { what, userId, appId, until, withdraw: true, attempt: bytes(newId()), ...overrides }
}

export function jobsContract(use: UseStore): void {
  describe('a job', () => {
    it('comes of one event once, however often and by whomever it is added', async () => {
      const store = use()
      const job = jobOf()
      const outcomes = await race(32, index => store.addJob({ ...job, id: newId(), stamp: bytes(`stamp ${index}`) }))
      expect(outcomes.filter(outcome => outcome === 'added')).toHaveLength(1)
      expect(outcomes.filter(outcome => outcome === 'known')).toHaveLength(31)
    })

    it('is listed while it waits, the first due first, and when it was done, the latest first', async () => {
      const store = use()
      const jobs = [now + 2, now + 1, now + 1].map(dueAt => jobOf({ dueAt }))
      for (const job of jobs) await store.addJob(job)
      const [last, first, second] = jobs.map(({ id }) => id)
      const list = (which: 'waiting' | 'done', after: { at: number; id: string } | null = null, limit = 2) =>
        store.listJobs({ which, after, limit })
      const waiting = await list('waiting')
      expect(waiting.map(({ id }) => id)).toEqual([first, second])
      expect(waiting[0]).toEqual({
        ...{ id: first, kind: 'authorization-revoked', appId, eventAt: now, attempts: 0 },
        ...{ dueAt: now + 1, doneAt: null, auditSeq: null },
      })
      expect((await list('waiting', { at: now + 1, id: second ?? '' })).map(({ id }) => id)).toEqual([last])
      expect(await list('done')).toEqual([])
      for (const [index, id] of [first, second, last].entries()) {
        const job = await take(store, now + 9)
        expect(job?.id).toBe(id)
        await store.settleJob({ ...settlementOf(job?.id ?? '', job?.holder ?? ''), now: now + 9 + index })
      }
      expect(await list('waiting')).toEqual([])
      const done = await list('done')
      expect(done.map(({ id, doneAt, auditSeq }) => [id, doneAt, auditSeq])).toEqual([
        [last, now + 11, 3],
        [second, now + 10, 2],
      ])
      expect((await list('done', { at: now + 10, id: second ?? '' })).map(({ id }) => id)).toEqual([first])
    })

    it('is not added with the stamp of another', async () => {
      const store = use()
      const job = jobOf()
      await store.addJob(job)
      expect(await store.addJob(jobOf({ stamp: job.stamp }))).toBe('stamp-used')
      expect(await store.addJob(jobOf({ stamp: job.stamp, event: job.event }))).toBe('known')
      expect(await take(store)).not.toBeNull()
      expect(await take(store)).toBeNull()
    })

    it('is taken when it is due, the longest due first', async () => {
      const store = use()
      const [late, early] = [jobOf({ dueAt: now + 2 }), jobOf({ dueAt: now + 1 })]
      await store.addJob(late)
      await store.addJob(early)
      expect(await take(store)).toBeNull()
      expect(await take(store, now + 2)).toMatchObject({
        id: early.id,
        attempts: 1,
        kind: early.kind,
        appId,
        eventAt: now,
      })
      expect((await take(store, now + 2))?.id).toBe(late.id)
    })

    it('goes to exactly one worker', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const own = Array.from({ length: 3 }, () => jobOf())
        for (const job of own) await store.addJob(job)
        const taken = (await race(16, () => take(store))).flatMap(job => job?.id ?? [])
        expect(taken.sort()).toEqual(own.map(({ id }) => id).sort())
      }
    })

    it('is taken over when its worker is not heard of again, and settled by one of the two', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        await store.addJob(jobOf())
        const first = await take(store)
        expect(await take(store, now + minute - 1)).toBeNull()
        const second = await take(store, now + minute)
        if (!first || !second) throw new Error('expected two holders')
        expect(second).toMatchObject({ id: first.id, attempts: 2 })
        const outcomes = await race(16, index => {
          const { id, holder } = index % 2 === 0 ? first : second
          return store.settleJob(settlementOf(id, holder))
        })
        expect(outcomes.filter(({ status }) => status === 'settled')).toHaveLength(1)
        expect(await take(store, now + 9 * minute)).toBeNull()
      }
    })

    it('that is given back comes again at its time; a former holder changes nothing', async () => {
      const store = use()
      await store.addJob(jobOf())
      const first = await take(store)
      const { id = '', holder = '' } = first ?? {}
      await store.postponeJob({ jobId: id, holder: 'another', dueAt: now })
      expect(await take(store)).toBeNull()
      await store.postponeJob({ jobId: id, holder, dueAt: now + 5 })
      expect(await store.settleJob(settlementOf(id, holder))).toEqual({ status: 'lost' })
      expect(await take(store, now + 4)).toBeNull()
      expect((await take(store, now + 5))?.attempts).toBe(2)
      await store.postponeJob({ jobId: id, holder, dueAt: now })
      expect(await take(store, now + 6)).toBeNull()
    })

    it('leaves a proof when it is done, also of nothing', async () => {
      const store = use()
      const { auditSeq, erased, doomed } = await done(store, null)
      expect({ erased, doomed }).toEqual({ erased: none, doomed: null })
      const [entry] = await store.auditAfter(auditSeq - 1, 1)
      expect(entry).toMatchObject({ act: 'authorization-revoked', actor: 'wechat' })
      expect(JSON.parse(entry?.details ?? '')).toEqual(none)
    })

    it('is remembered for a while after it is done', async () => {
      const store = use()
      const job = jobOf()
      await store.addJob(job)
      const { id = '', holder = '' } = (await take(store)) ?? {}
      await store.settleJob(settlementOf(id, holder))
      expect(await store.sweep(now + limits.doneJob - 1)).toBe(0)
      expect(await store.addJob({ ...job, id: newId() })).toBe('known')
      expect(await store.sweep(now + limits.doneJob)).toBe(1)
      expect(await store.addJob({ ...job, id: newId() })).toBe('added')
    })
  })

  describe('a job that erases', () => {
    it('takes what it names, and nothing else', async () => {
      const store = use()
      for (const part of ['phone', 'nickname', 'avatar'] as const) {
        const { userId } = await told(store)
        const { erased, doomed } = await done(store, partsOf(userId, { what: [part], withdraw: false }))
        expect(erased).toEqual({ ...none, [`${part}s`]: part === 'phone' ? 2 : 1 })
        expect(doomed).toBe(part === 'avatar' ? `avatar of ${userId}` : null)
        expect(await store.phonesOf(userId)).toHaveLength(part === 'phone' ? 0 : 2)
        expect((await store.findAccount(userId))?.profile).toEqual({
          sealedNickname: part === 'nickname' ? null : bytes('xiaoming'),
          avatarKey: part === 'avatar' ? null : `avatar of ${userId}`,
        })
        expect(await store.consentsOf(userId)).toHaveLength(2)
      }
    })

    it('withdraws the consents to what went', async () => {
      const store = use()
      const { userId } = await told(store)
      const { erased } = await done(store, partsOf(userId))
      expect(erased).toEqual({ accounts: 0, phones: 2, nicknames: 1, avatars: 1, withdrawals: 2 })
      const lines = await store.consentsOf(userId)
      expect(lines.map(({ scope, status }) => `${scope} ${status}`)).toEqual([
        'profile withdrawn',
        'phone withdrawn',
        'profile given',
        'phone given',
      ])
      expect((await done(store, partsOf(userId))).erased).toEqual(none)
    })

    it('leaves what was told after the event', async () => {
      const store = use()
      const { userId } = await told(store)
      const later = { now: until + 1, askedAt: until + 1, userId }
      const { phone } = phoneOf(userId, '+8613800000003')
      await store.recordPhone({ ...phoneOf(userId, ''), phone: { ...phone, verifiedAt: until + 1 } })
      await store.recordProfile({ ...later, sealedNickname: bytes('again') })
      const consent = { ...later, appId, version: 'v2', textHash: null, attempt: bytes('again') } as const
      await store.recordConsent({ ...consent, scope: 'phone' })
      const { erased } = await done(store, partsOf(userId))
      expect(erased).toEqual({ accounts: 0, phones: 2, nicknames: 0, avatars: 1, withdrawals: 1 })
      expect((await store.phonesOf(userId)).map(({ id }) => id)).toEqual([phone.id])
      expect((await store.currentPhone(userId))?.id).toBe(phone.id)
      expect((await store.findAccount(userId))?.profile).toEqual({ sealedNickname: bytes('again'), avatarKey: null })
      expect((await store.consentsOf(userId)).filter(({ scope }) => scope === 'phone')[0]?.status).toBe('given')
    })

    it('lists the picture to be deleted, should nobody do it at once', async () => {
      const store = use()
      const { userId } = await told(store)
      await done(store, partsOf(userId, { what: ['avatar'] }))
      expect(await store.doomedAvatars(now + 1, 10)).toEqual([`avatar of ${userId}`])
    })

    it('takes the whole account, once', async () => {
      const store = use()
      const { userId } = await told(store)
      const account = { what: 'account', userId, unlessLoginAfter: now, attempt: bytes('job') } as const
      const { erased, doomed } = await done(store, account)
      expect({ erased, doomed }).toEqual({ erased: { ...none, accounts: 1 }, doomed: `avatar of ${userId}` })
      expect(await store.findAccount(userId)).toBeNull()
      expect(await store.phonesOf(userId)).toEqual([])
      expect((await done(store, account)).erased).toEqual(none)
    })

    it('leaves an account whose user logged in after the event', async () => {
      const store = use()
      const { userId, login } = await told(store)
      await store.recordLogin(againOf(login, { now: until + 1 }))
      const account = { what: 'account', userId, unlessLoginAfter: until, attempt: bytes('job') } as const
      expect(await done(store, account)).toMatchObject({ erased: none, doomed: null })
      expect(await store.phonesOf(userId)).toHaveLength(2)
    })
  })
}
