import { adminRoutes, type ConsoleSessionAnswer, type OperatorRole } from '@weapp-auth/protocol/contract'
import { computed, shallowRef } from 'vue'
import { type Answer, ask, askForFile, type Question, type Trouble } from './ask.ts'

/** Who is signed in; `null`: nobody; `undefined`: not known yet. */
export const session = shallowRef<ConsoleSessionAnswer | null | undefined>(undefined)

const ranks: Readonly<Record<OperatorRole, number>> = { viewer: 0, support: 1, admin: 2 }

/** Whether the operator has the role, or one above it. */
export const may = (role: OperatorRole) =>
  computed(() => ranks[session.value?.operator.role ?? 'viewer'] >= ranks[role])

/** Finds out who is signed in. */
export async function loadSession(): Promise<Trouble | null> {
  const answer = await ask<ConsoleSessionAnswer>(adminRoutes.session)
  if (answer.ok) session.value = answer.body
  else if (answer.problem.status === 401) session.value = null
  else return answer.problem
  return null
}

export async function signOut(): Promise<void> {
  await ask(adminRoutes.session, { method: 'DELETE' })
  session.value = null
}

/** A request that waits for the operator to prove who they are; `null`: none. */
export const proving = shallowRef<{ readonly done: (proved: boolean) => void } | null>(null)

/**
 * {@link ask} for somebody who is signed in: shows the sign-in page when the session is over, and asks for a fresh proof
 * where the server wants one, then repeats the request.
 */
export function askAs<T>(path: Parameters<typeof ask>[0], question: Question = {}): Promise<Answer<T>> {
  return askProved(() => ask<T>(path, question))
}

/** The same for a route that answers with a file. */
export function askForFileAs(...asked: Parameters<typeof askForFile>): Promise<Answer<Blob>> {
  return askProved(() => askForFile(...asked))
}

async function askProved<T>(asking: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await asking()
  if (answer.ok) return answer
  if (answer.problem.code === 'operator_unauthorized') session.value = null
  if (answer.problem.code !== 'proof_needed') return answer
  const proved = await new Promise<boolean>(done => {
    proving.value = { done }
  })
  proving.value = null
  return proved ? askProved(asking) : answer
}
