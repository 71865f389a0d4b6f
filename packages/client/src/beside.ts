/** What the entry points beside the core share; a file of its own in the build, so that an app has it once. */
export { field, textField } from './core/field.ts'
export { failureText, readFailure } from './core/read-failure.ts'
export { shareOne } from './core/share-one.ts'
export { isRecent, pause, within } from './core/wait.ts'
export { createDerived, type Watchable } from './derived.ts'
export { later, type NoSession, type Refusal, readVerdict, type Undecided } from './server-verdict.ts'
