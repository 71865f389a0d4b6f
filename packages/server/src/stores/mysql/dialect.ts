import { StorageFault } from '../../ports/store.ts'
import type { Dialect } from '../sql/asking-statements.ts'
import type { Ask } from '../sql/statements.ts'

/** How MySQL spells what databases spell differently. `waitSeconds`: for how long a name is waited for. */
export function mysqlDialect(waitSeconds: number): Dialect {
  // Such locks belong to the server, not to a database; a name has at most 64 characters.
  const text = `${getLock}(SHA2(CONCAT(DATABASE(), '/', HEX(?)), 256), ${waitSeconds}) AS "held"`
  return {
    forUpdate: ' FOR UPDATE',
    // The runner answers a key that is taken; IGNORE would ignore too much.
    addOnce: sql => sql,
    insertOnce: sql => sql,
    *holdName(name) {
      const { rows } = yield { text, values: [name] }
      const [row] = rows as { readonly held: number | null }[]
      if (row?.held !== 1) throw new StorageFault('busy', new Error('somebody else holds the name'))
    },
  }
}

const getLock = 'SELECT GET_LOCK'

/** Such a lock outlives the transaction: whoever asks for one gives it back. */
export function isHoldingName({ text }: Ask): boolean {
  return text.startsWith(getLock)
}

export const giveBackNames = 'DO RELEASE_ALL_LOCKS()'
