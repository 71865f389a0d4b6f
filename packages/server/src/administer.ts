import { createIds } from './domain/ids.ts'
import type { Keyring } from './keys/keyring.ts'
import { createOperatorSecrets } from './keys/operator-secrets.ts'
import { createPooledRandom } from './keys/pooled-random.ts'
import { openRing } from './keys/ring.ts'
import type { KeyKind } from './keys/rotate-keyring.ts'
import { createVault } from './keys/vault.ts'
import type { Clock } from './ports/clock.ts'
import type { Random } from './ports/random.ts'
import type { Store } from './ports/store.ts'
import { registerKeys } from './register-keys.ts'
import { createAudit } from './usecases/audit.ts'
import { createImportUsers, type ImportUsers } from './usecases/import-users.ts'
import { createInviteOperator, type InviteOperator } from './usecases/invite-operators.ts'
import { createManageApps, type ManageApps } from './usecases/manage-apps.ts'
import { createReseal, type Reseal } from './usecases/reseal.ts'
import { createTellAffected, type TellAffected } from './usecases/tell-affected.ts'

export interface AdministerOptions {
  readonly store: Store
  readonly keys: Keyring
  /** Default: the system's clock. */
  readonly clock?: Clock
  /** Default: the system's strong randomness. */
  readonly random?: Random
}

/** A step of a rotation, as `listKeys` names the key. */
export interface KeyChange {
  readonly kind: KeyKind
  readonly key: string
  readonly change: 'staged' | 'promoted' | 'retired'
}

/** What operators do beside the server: from a script, or from another process while it serves. */
export interface Administration {
  /** Servers on the same database follow within two seconds. */
  readonly apps: ManageApps
  /** Rows that follow a new root key. */
  readonly reseal: Reseal
  /** Whom an incident reached, a page at a time. */
  readonly tellAffected: TellAffected
  /** Takes users over from another system. */
  readonly importUsers: ImportUsers
  /** Makes an invitation to the console; `invitationLink` makes a link of its token. `null`: the name is in use. */
  readonly inviteOperator: InviteOperator
  /** Writes to the audit log what was done to a key of the keyring; a running server tells of the keys it then has. */
  keyChanged(change: KeyChange): Promise<void>
}

/**
 * Opens the operators' side of a database.
 *
 * @throws ProblemError `keys_mismatched` when the data was sealed with other keys; nothing has been changed then.
 *
 * @example
 * const operator = await administer({ store: createMemoryStore(), keys: generateKeyring() })
 * await operator.apps.add({ appId: 'wx0000000000000001', secret: '0123456789abcdef0123456789abcdef' })
 */
export async function administer(options: AdministerOptions): Promise<Administration> {
  const { store, keys, clock = { now: () => Date.now() }, random = createPooledRandom() } = options
  const ring = openRing(keys)
  const vault = createVault({ ring, random })
  await registerKeys(store, vault.keyChecks(), clock.now())
  const audit = createAudit({ store, clock })
  const tools = { store, vault, audit, clock }
  return {
    apps: createManageApps({
      ...tools,
      fixed: new Map(),
      check: () => undefined,
      opened: () => null,
      changed: async () => undefined,
    }),
    reseal: createReseal({ ...tools, primary: () => ring.primary.id }),
    tellAffected: createTellAffected(tools),
    importUsers: createImportUsers({ ...tools, newId: createIds({ clock, random }) }),
    inviteOperator: createInviteOperator({ store, clock, secrets: createOperatorSecrets({ ring, random }) }),
    keyChanged({ kind, key, change }) {
      // Root keys are numbered.
      const details = { key: kind === 'root' ? Number(key) : key }
      return audit.append({ actor: 'operator', act: `${kind}-key-${change}`, appId: null, subject: null, details })
    },
  }
}
