// Reads better whole: what every store promises of the people of the console.
import { describe, expect, it } from 'vitest'
import type { AuditDraft } from '../../src/domain/audit-entry.ts'
import type {
  AcceptInvitation,
  InvitationRow,
  OperatorProof,
  OperatorSessionRow,
  PasskeyRow,
} from '../../src/ports/operator-store.ts'
import { bytes, minute, newId, now, race, rounds, type Subject, type UseStore } from './subject.ts'

const audit: AuditDraft = { at: now, actor: 'operator', act: 'tested', appId: null, subject: null, details: {} }

function invitationOf(token: string, more: Partial<InvitationRow> = {}): InvitationRow & { audit: AuditDraft } {
  const row = { name: 'lin', role: 'viewer', operatorId: null, invitedBy: 'chen', until: now + minute } as const
  return { hash: bytes(token), ...row, ...more, audit }
}

function sessionOf(operatorId: string, more: Partial<OperatorSessionRow> = {}): OperatorSessionRow {
  return {
    id: newId(),
    operatorId,
    way: 'passkey',
    browser: 'Firefox, Linux',
    createdAt: now,
    seenAt: now,
    idleUntil: now + minute,
    absoluteUntil: now + 10 * minute,
    provedAt: now,
    ...more,
  }
}

function passkeyOf(operatorId: string, credential: string): PasskeyRow {
  const row = { counter: 0, label: 'laptop', createdAt: now, usedAt: null }
  return { id: newId(), operatorId, credential: bytes(credential), publicKey: bytes('public'), ...row }
}

function acceptOf(
  token: string,
  more: Partial<AcceptInvitation> & { id?: string; name?: string } = {},
): AcceptInvitation {
  const { id = newId(), name = 'lin', ...rest } = more
  return {
    hash: bytes(token),
    now,
    operator: { id, name },
    credential: { kind: 'passkey', row: passkeyOf(id, `passkey of ${id}`) },
    recoveryHashes: [bytes(`${id} 1`), bytes(`${id} 2`)],
    session: { row: sessionOf(id), tokenHash: bytes(`cookie of ${id}`) },
    audit,
    ...rest,
  }
}

/** An operator who has joined. */
async function joined(store: Subject, name: string, role: InvitationRow['role'] = 'viewer'): Promise<string> {
  await store.addInvitation(invitationOf(`link of ${name}`, { name, role }))
  const accept = acceptOf(`link of ${name}`, { name })
  expect(await store.acceptInvitation(accept)).toBe('accepted')
  return accept.operator.id
}

async function open(store: Subject, operatorId: string, proof: OperatorProof, token: string = newId()) {
  const opened = { row: sessionOf(operatorId, { way: proof.way }), tokenHash: bytes(token), former: null }
  return store.openOperatorSession({ ...opened, proof, audit })
}

export function operatorsContract(use: UseStore): void {
  describe('operators', () => {
    it('are none at first', async () => {
      const store = use()
      expect(await store.listOperators(now)).toEqual([])
      expect(await store.listInvitations(now)).toEqual([])
      expect(await store.findOperator(newId())).toBeNull()
      expect(await store.findOperatorByName('lin')).toBeNull()
      expect(await store.findInvitation(bytes('link'), now)).toBeNull()
      expect(await store.findPasskey(bytes('passkey'))).toBeNull()
      expect(await store.findOperatorSession(bytes('cookie'))).toBeNull()
      expect(await store.endOperatorSessions(newId(), null, audit)).toBe(0)
      expect(await store.changeOperator({ id: newId(), now, role: 'admin', audit })).toBe('unknown')
      expect(await store.changeCredentials(newId(), { kind: 'authenticator-removed' }, audit)).toBe('unknown')
      expect((await store.auditHead()).seq).toBe(0)
    })

    it('join with what the invitation says, and have what they joined with', async () => {
      const store = use()
      const id = await joined(store, 'lin', 'support')
      const operator = {
        id,
        name: 'lin',
        role: 'support',
        createdAt: now,
        disabledAt: null,
        sealedTotp: null,
        totpSince: null,
      }
      expect(await store.findOperator(id)).toEqual(operator)
      expect(await store.findOperatorByName('lin')).toEqual(operator)
      expect(await store.listOperators(now)).toEqual([
        { ...operator, passkeys: 1, recoveryCodes: 2, sessions: 1, seenAt: now },
      ])
      expect(await store.passkeysOf(id)).toMatchObject([{ operatorId: id, label: 'laptop', counter: 0, usedAt: null }])
      expect(await store.findPasskey(bytes(`passkey of ${id}`))).toMatchObject({ operatorId: id })
      expect(await store.findOperatorSession(bytes(`cookie of ${id}`))).toMatchObject({
        operator,
        session: { provedAt: now },
      })
      expect((await store.auditHead()).seq).toBe(2)
    })

    it('join once with one invitation, however many try', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const name = `lin-${round}`
        await store.addInvitation(invitationOf(name, { name }))
        const outcomes = await race(16, () => store.acceptInvitation(acceptOf(name, { name })))
        expect(outcomes.filter(one => one === 'accepted')).toHaveLength(1)
        expect(outcomes.filter(one => one === 'gone')).toHaveLength(15)
      }
      expect(await store.listOperators(now)).toHaveLength(rounds)
    })

    it('are first once, however many such invitations there are', async () => {
      const store = use()
      const names = Array.from({ length: 16 }, (_, index) => `lin-${index}`)
      const first = { name: null, role: 'admin' } as const
      for (const name of names) await store.addInvitation(invitationOf(name, first))
      const outcomes = await race(16, index => {
        const name = names[index] ?? ''
        return store.acceptInvitation(acceptOf(name, { name }))
      })
      expect(outcomes.filter(one => one === 'accepted')).toHaveLength(1)
      expect(outcomes.filter(one => one === 'gone')).toHaveLength(15)
      for (const name of names) expect(await store.findInvitation(bytes(name), now)).toBeNull()
    })

    it('are invited by the latest invitation of their name, until its time is over', async () => {
      const store = use()
      await store.addInvitation(invitationOf('one'))
      await store.addInvitation(invitationOf('two', { role: 'admin' }))
      expect(await store.findInvitation(bytes('one'), now)).toBeNull()
      const { audit: _, ...row } = invitationOf('two', { role: 'admin' })
      expect(await store.findInvitation(bytes('two'), now)).toEqual(row)
      expect(await store.listInvitations(now)).toEqual([row])
      expect(await store.acceptInvitation({ ...acceptOf('two'), now: now + minute })).toBe('gone')
      expect(await store.acceptInvitation(acceptOf('two', { name: 'mo' }))).toBe('gone')
      expect(await store.listInvitations(now + minute)).toEqual([])
      expect(await store.sweep(now + minute)).toBe(1)
    })

    it('have names and passkeys of their own', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      expect(await store.addInvitation(invitationOf('again'))).toBe('taken')
      await store.addInvitation(invitationOf('mo', { name: 'mo' }))
      const taken = acceptOf('mo', { name: 'mo' })
      const credential = { kind: 'passkey', row: passkeyOf(taken.operator.id, `passkey of ${id}`) } as const
      expect(await store.acceptInvitation({ ...taken, credential })).toBe('taken')
      expect(await store.acceptInvitation(taken)).toBe('accepted')
      const row = passkeyOf(taken.operator.id, `passkey of ${id}`)
      expect(await store.changeCredentials(taken.operator.id, { kind: 'passkey-added', row }, audit)).toBe('taken')
    })

    it('who are invited again lose all that they had', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      expect(await store.addInvitation(invitationOf('again', { operatorId: id }))).toBe('added')
      const credential = { kind: 'authenticator', sealed: bytes('sealed'), step: 7 } as const
      const session = { row: sessionOf(id), tokenHash: bytes('new cookie') }
      expect(await store.acceptInvitation(acceptOf('again', { id, credential, session }))).toBe('accepted')
      expect(await store.passkeysOf(id)).toEqual([])
      expect(await store.findOperatorSession(bytes(`cookie of ${id}`))).toBeNull()
      expect(await store.findOperatorSession(bytes('new cookie'))).toMatchObject({ operator: { id, totpSince: now } })
    })
  })

  describe('a proof of an operator', () => {
    it('by a code of an authenticator works once, and an earlier one not after it', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      const set = { kind: 'authenticator-set', sealed: bytes('sealed'), step: 100, now } as const
      expect(await store.changeCredentials(id, set, audit)).toBe('changed')
      for (let round = 1; round <= rounds; round += 1) {
        const step = 100 + round
        const outcomes = await race(16, () => open(store, id, { way: 'authenticator', step }))
        expect(outcomes.filter(Boolean)).toHaveLength(1)
        expect(await open(store, id, { way: 'authenticator', step: step - 1 })).toBe(false)
      }
    })

    it('by a recovery code works once', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      const proof = { way: 'recovery', hash: bytes(`${id} 1`) } as const
      const outcomes = await race(16, () => open(store, id, proof))
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await store.listOperators(now)).toMatchObject([{ recoveryCodes: 1, sessions: 2 }])
      const hashes = [bytes('new')]
      expect(await store.changeCredentials(id, { kind: 'recovery-codes-made', hashes }, audit)).toBe('changed')
      expect(await open(store, id, { way: 'recovery', hash: bytes(`${id} 2`) })).toBe(false)
      expect(await open(store, id, { way: 'recovery', hash: bytes('new') })).toBe(true)
    })

    it('by a passkey leaves its counter, and is only for its owner', async () => {
      const store = use()
      const [lin, mo] = [await joined(store, 'lin'), await joined(store, 'mo')]
      const [passkey] = await store.passkeysOf(lin)
      const proof = { way: 'passkey', passkeyId: passkey?.id ?? '', counter: 7 } as const
      expect(await open(store, mo, proof)).toBe(false)
      expect(await open(store, lin, proof)).toBe(true)
      expect(await store.passkeysOf(lin)).toMatchObject([{ counter: 7, usedAt: now }])
    })

    it('makes a session that goes on a proved one', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      const [session] = await store.operatorSessionsOf(id, now)
      const proof = { way: 'recovery', hash: bytes(`${id} 1`) } as const
      const prove = { sessionId: session?.id ?? '', operatorId: id, now: now + 1, proof, audit }
      expect(await store.proveOperatorSession({ ...prove, sessionId: newId() })).toBe(false)
      const again = { ...prove, proof: { ...proof, hash: bytes(`${id} 2`) } }
      expect(await store.proveOperatorSession(again)).toBe(true)
      expect(await store.operatorSessionsOf(id, now)).toMatchObject([{ provedAt: now + 1, way: 'recovery' }])
    })
  })

  describe('a session of an operator', () => {
    it('takes the place of the one that the browser had', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      const proof = { way: 'recovery', hash: bytes(`${id} 1`) } as const
      const former = bytes(`cookie of ${id}`)
      const row = sessionOf(id)
      expect(await store.openOperatorSession({ row, tokenHash: bytes('next'), proof, former, audit })).toBe(true)
      expect(await store.findOperatorSession(former)).toBeNull()
      expect(await store.operatorSessionsOf(id, now)).toEqual([row])
    })

    it('moves its time when it is seen, and not once it is over', async () => {
      const store = use()
      const id = await joined(store, 'lin')
      const [session] = await store.operatorSessionsOf(id, now)
      await store.touchOperatorSession(session?.id ?? '', now + 1, now + 2 * minute)
      expect(await store.operatorSessionsOf(id, now + minute)).toMatchObject([{ seenAt: now + 1 }])
      await store.touchOperatorSession(session?.id ?? '', now + 2 * minute, now + 9 * minute)
      expect(await store.operatorSessionsOf(id, now + 2 * minute)).toEqual([])
      expect(await store.sweep(now + 2 * minute)).toBe(1)
      expect(await store.findOperatorSession(bytes(`cookie of ${id}`))).toBeNull()
    })

    it('ends alone or with all others, but only by its owner', async () => {
      const store = use()
      const [lin, mo] = [await joined(store, 'lin'), await joined(store, 'mo')]
      await open(store, lin, { way: 'recovery', hash: bytes(`${lin} 1`) })
      const [first] = await store.operatorSessionsOf(lin, now)
      expect(await store.endOperatorSessions(mo, first?.id ?? '', audit)).toBe(0)
      expect(await store.endOperatorSessions(lin, first?.id ?? '', audit)).toBe(1)
      expect(await store.endOperatorSessions(lin, null, audit)).toBe(1)
      expect(await store.operatorSessionsOf(mo, now)).toHaveLength(1)
    })
  })

  describe('an account of an operator', () => {
    it('that is disabled has no session from that moment, and opens none', async () => {
      const store = use()
      await joined(store, 'chen', 'admin')
      const id = await joined(store, 'lin')
      await store.addInvitation(invitationOf('again', { operatorId: id }))
      const hashes = Array.from({ length: 15 }, (_, index) => bytes(`code ${index}`))
      await store.changeCredentials(id, { kind: 'recovery-codes-made', hashes }, audit)
      const disable = () => store.changeOperator({ id, now, disabled: true, audit })
      await race(16, async index => {
        const hash = hashes[index]
        return hash ? open(store, id, { way: 'recovery', hash }) : disable()
      })
      expect(await store.operatorSessionsOf(id, now)).toEqual([])
      expect(await store.findOperator(id)).toMatchObject({ disabledAt: now })
      expect(await store.findInvitation(bytes('again'), now)).toBeNull()
      const [passkey] = await store.passkeysOf(id)
      const proof = { way: 'passkey', passkeyId: passkey?.id ?? '', counter: 1 } as const
      expect(await open(store, id, proof)).toBe(false)
      expect(await store.changeOperator({ id, now, disabled: false, role: 'support', audit })).toBe('changed')
      expect(await store.findOperator(id)).toMatchObject({ disabledAt: null, role: 'support' })
      expect(await open(store, id, proof)).toBe(true)
    })

    it('of the last admin stays one, whoever takes whom away at once', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const names = Array.from({ length: 8 }, (_, index) => `chen-${round}-${index}`)
        const ids: string[] = []
        for (const name of names) ids.push(await joined(store, name, 'admin'))
        const rest = (await store.listOperators(now)).filter(one => one.role === 'admin' && one.disabledAt === null)
        const outcomes = await race(rest.length, index => {
          const change = index % 2 === 0 ? { disabled: true } : ({ role: 'viewer' } as const)
          return store.changeOperator({ id: rest[index]?.id ?? '', now, ...change, audit })
        })
        expect(outcomes.filter(one => one === 'last')).toHaveLength(1)
      }
    })

    it('keeps a way to sign in, whoever removes what at once', async () => {
      const store = use()
      for (let round = 0; round < rounds; round += 1) {
        const id = await joined(store, `lin-${round}`)
        const set = { kind: 'authenticator-set', sealed: bytes('sealed'), step: 1, now } as const
        await store.changeCredentials(id, set, audit)
        const [passkey] = await store.passkeysOf(id)
        const removed = { kind: 'passkey-removed', passkeyId: passkey?.id ?? '' } as const
        const outcomes = await race(2, index =>
          store.changeCredentials(id, index === 0 ? removed : { kind: 'authenticator-removed' }, audit),
        )
        expect([...outcomes].sort()).toEqual(['changed', 'last'])
      }
    })
  })
}
