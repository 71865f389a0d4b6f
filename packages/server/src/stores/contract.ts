import { afterEach, beforeEach, describe } from 'vitest'
import { accessTokensContract } from '../../test/store-contract/access-tokens.ts'
import { accountsContract } from '../../test/store-contract/accounts.ts'
import { appUsersContract } from '../../test/store-contract/app-users.ts'
import { appsContract } from '../../test/store-contract/apps.ts'
import { auditContract } from '../../test/store-contract/audit.ts'
import { blocksContract } from '../../test/store-contract/blocks.ts'
import { budgetsContract } from '../../test/store-contract/budgets.ts'
import { claimsContract } from '../../test/store-contract/claims.ts'
import { consentsContract } from '../../test/store-contract/consents.ts'
import { directoryContract } from '../../test/store-contract/directory.ts'
import { exportsContract } from '../../test/store-contract/exports.ts'
import { grantsContract } from '../../test/store-contract/grants.ts'
import { jobsContract } from '../../test/store-contract/jobs.ts'
import { loginsContract } from '../../test/store-contract/logins.ts'
import { mergesContract } from '../../test/store-contract/merges.ts'
import { operatorsContract } from '../../test/store-contract/operators.ts'
import { phonesContract } from '../../test/store-contract/phones.ts'
import { profilesContract } from '../../test/store-contract/profiles.ts'
import { resealsContract } from '../../test/store-contract/reseals.ts'
import { rootKeysContract } from '../../test/store-contract/root-keys.ts'
import { sessionKeysContract } from '../../test/store-contract/session-keys.ts'
import { sessionsContract } from '../../test/store-contract/sessions.ts'
import { smsContract } from '../../test/store-contract/sms.ts'
import { rounds, type Subject } from '../../test/store-contract/subject.ts'
import { sweepingContract } from '../../test/store-contract/sweeping.ts'
import { talliesContract } from '../../test/store-contract/tallies.ts'
import { tracesContract } from '../../test/store-contract/traces.ts'
import { unionIdsContract } from '../../test/store-contract/union-ids.ts'

/**
 * What every store promises: each method of the port, each race with real concurrency on one store, what "nothing
 * found" means, and that a step which fails leaves nothing. `open` brings a new, empty store for each test.
 *
 * Two processes on one database belong here as well, for databases that allow them; SQLite refuses the second one.
 *
 * @example
 * storeContract('memory store', () => createMemoryStore())
 */
export function storeContract(name: string, open: () => Subject | Promise<Subject>): void {
  describe(name, { timeout: 5000 + 100 * rounds }, () => {
    let store: Subject
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())
    const use = () => store

    loginsContract(use)
    unionIdsContract(use)
    sessionKeysContract(use)
    claimsContract(use)
    phonesContract(use)
    sessionsContract(use)
    accountsContract(use)
    profilesContract(use)
    consentsContract(use)
    mergesContract(use)
    budgetsContract(use)
    smsContract(use)
    jobsContract(use)
    auditContract(use)
    rootKeysContract(use)
    appsContract(use)
    appUsersContract(use)
    grantsContract(use)
    resealsContract(use)
    directoryContract(use)
    talliesContract(use)
    tracesContract(use)
    operatorsContract(use)
    blocksContract(use)
    exportsContract(use)
    accessTokensContract(use)
    sweepingContract(use)
  })
}
