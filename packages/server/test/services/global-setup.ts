import type { TestProject } from 'vitest/node'
import { type Door, lendDatabases } from './lend-databases.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests borrow databases; see `services.ts`. */
    databaseLender: Door
  }
}

/** Once for each run of vitest. Starts nothing but a socket. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lender = await lendDatabases()
  project.provide('databaseLender', lender.door)
  return lender.close
}
