import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { ResealChange, ResealUser, SealedRows } from '../ports/reseal-store.ts'
import type { Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'
import { phonePlace } from './open-phone.ts'

export interface ResealTools {
  readonly store: Store
  readonly vault: Vault
  readonly audit: Audit
  readonly clock: Clock
  /** The id of the root key that seals now. */
  readonly primary: () => number
}

/** How far it is. */
export interface ResealProgress {
  readonly users: number
  readonly apps: number
  readonly grants: number
}

export interface Reseal {
  /**
   * Brings every row to the present root key: data keys of users are wrapped anew, numbers get the present blind index,
   * apps and grants are sealed anew. In steps of 200 users; ended at any point it goes on where it was.
   * When it is through, the audit log gets a line.
   *
   * @param told is told after every step.
   * @throws SealBroken for a row that opens with no key at hand: restore its key first.
   */
  run(told?: (progress: ResealProgress) => void | Promise<void>): Promise<ResealProgress>
  /** How many rows only this root key opens or finds. */
  left(keyId: number): Promise<SealedRows>
}

const stepUsers = 200
/** Written, and held, at once: whoever binds a number meanwhile waits for no more than these, however long histories are. */
const stepRows = 100

export function createReseal({ store, vault, audit, clock, primary }: ResealTools): Reseal {
  async function apps(): Promise<number> {
    const { apps } = await store.listApps()
    let done = 0
    for (const { appId, sealed, version } of apps) {
      if (isOf(sealed, primary())) continue
      const again = vault.sealApp(appId, vault.openApp(appId, sealed))
      // Whoever changed it meanwhile has sealed it with the present key.
      if (await store.changeApp({ appId, version, sealed: again, now: clock.now() })) done += 1
    }
    return done
  }

  async function grants(): Promise<number> {
    let done = 0
    for (const { componentAppId, appId, sealed, version } of await store.listGrants()) {
      if (sealed === null || isOf(sealed, primary())) continue
      const place = { componentAppId, appId }
      const again = vault.sealGrant(place, vault.openGrant(place, sealed))
      if (await store.changeGrant({ ...place, version, sealed: again })) done += 1
    }
    return done
  }

  function changesOf(user: ResealUser): readonly ResealChange[] {
    const { id, wrappedKey, phones } = user
    const key = vault.openUserKey(user)
    const wrapped = vault.rewrapUserKey(user)
    const indexed = phones.map((phone): ResealChange => {
      const number = key.open(phone.sealedNumber, phonePlace(phone.id))
      return { what: 'phone', id: phone.id, from: phone.blindIndex, to: vault.blindIndex(phone.appId, number) }
    })
    return wrapped ? [{ what: 'user', id, from: wrappedKey, to: wrapped }, ...indexed] : indexed
  }

  return {
    async run(told = () => undefined) {
      let progress = { users: 0, apps: await apps(), grants: await grants() }
      let after = ''
      for (;;) {
        const users = await store.usersToReseal(primary(), after, stepUsers)
        const last = users.at(-1)
        if (!last) {
          const act = { actor: 'operator', act: 'reseal-finished', appId: null, subject: null } as const
          await audit.append({ ...act, details: { key: primary(), ...progress } })
          return progress
        }
        const changes = users.flatMap(changesOf)
        for (let from = 0; from < changes.length; from += stepRows)
          await store.reseal(changes.slice(from, from + stepRows))
        after = last.id
        progress = { ...progress, users: progress.users + users.length }
        await told(progress)
      }
    },
    left: keyId => store.countSealed(keyId),
  }
}

/** A sealed record names its key in its third and fourth byte. */
function isOf(record: Uint8Array, keyId: number): boolean {
  return record[2] === keyId >>> 8 && record[3] === (keyId & 0xff)
}
