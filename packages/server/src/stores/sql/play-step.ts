import type { Answer, Ask, Step } from './statements.ts'

/** Runs a step on a database that answers later. What a statement meets is thrown into the step. */
export async function playStep<T>(step: Step<T>, answer: (ask: Ask) => Promise<Answer>): Promise<T> {
  let asked = step.next()
  while (!asked.done) {
    let reply: Answer
    try {
      reply = await answer(asked.value)
    } catch (error) {
      asked = step.throw(error)
      continue
    }
    asked = step.next(reply)
  }
  return asked.value
}
