import type { AppRow } from '../../ports/app-store.ts'
import type { ResealStore } from '../../ports/reseal-store.ts'
import type { PhoneRow, UserRow } from '../../ports/store.ts'

interface ResealTables {
  readonly users: Map<string, UserRow>
  /** Users who were merged, whose key is kept for the undo. */
  readonly kept: Map<string, UserRow>
  readonly phones: ReadonlyMap<string, Omit<PhoneRow, 'blindIndex'> & { blindIndex: Uint8Array }>
  /** In which app a number was proved. */
  readonly appOfPhone: ReadonlyMap<string, string>
  readonly apps: () => readonly AppRow[]
  readonly grants: () => readonly { readonly sealed: Uint8Array }[]
  readonly jobs: () => readonly { readonly sealed: Uint8Array }[]
}

/** Rows that follow a new root key. */
export function createReseals({ users, kept, phones, appOfPhone, apps, grants, jobs }: ResealTables): ResealStore {
  const all = () => [...users.values(), ...kept.values()]

  function toReseal(keyId: number, { id, wrappedKey }: UserRow) {
    const own = [...phones.values()].filter(phone => phone.userId === id)
    const isDone = keyIdAt(wrappedKey, 2) === keyId && own.every(phone => keyIdAt(phone.blindIndex, 0) === keyId)
    if (isDone) return []
    return [{ id, wrappedKey, phones: own.map(phone => ({ ...phone, appId: appOfPhone.get(phone.id) ?? '' })) }]
  }

  return {
    countSealed: async keyId => ({
      users: all().filter(({ wrappedKey }) => keyIdAt(wrappedKey, 2) === keyId).length,
      phones: [...phones.values()].filter(({ blindIndex }) => keyIdAt(blindIndex, 0) === keyId).length,
      apps: apps().filter(({ sealed }) => keyIdAt(sealed, 2) === keyId).length,
      grants: grants().filter(({ sealed }) => keyIdAt(sealed, 2) === keyId).length,
      jobs: jobs().filter(({ sealed }) => keyIdAt(sealed, 2) === keyId).length,
    }),
    async usersToReseal(keyId, after, limit) {
      const behind = all()
        .filter(({ id }) => id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      return behind.flatMap(user => toReseal(keyId, user)).slice(0, limit)
    },
    async reseal(changes) {
      let changed = 0
      for (const { what, id, from, to } of changes) {
        const home = users.has(id) ? users : kept
        const user = what === 'user' ? home.get(id) : undefined
        const phone = what === 'phone' ? phones.get(id) : undefined
        if (user && Buffer.from(from).equals(user.wrappedKey)) home.set(id, { ...user, wrappedKey: to })
        else if (phone && Buffer.from(from).equals(phone.blindIndex)) phone.blindIndex = to
        else continue
        changed += 1
      }
      return changed
    },
  }
}

function keyIdAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
