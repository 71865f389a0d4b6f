import type { CompiledMiniProgram } from '../mini-program/compiled.ts'

/** A mini program that the phone can run. */
export interface Program {
  readonly name: string
  readonly kind: 'native' | 'uni-app' | 'taro'
  /** Whether it is built. */
  readonly ready: boolean
  /** Command that builds it, when it is known. */
  readonly build: string | null
  /** Compiled by the dev server; else this page brings it along. */
  readonly served: boolean
}

/** The one that this page brings along, for whoever has no clone of the repository. */
const own: Program = { name: 'native', kind: 'native', ready: true, build: null, served: false }

/** What the dev server knows; it needs no mini program to be useful. */
export async function listPrograms(): Promise<readonly Program[]> {
  const response = await fetch('/dev/programs')
  if (!response.ok) return [own]
  const { programs } = (await response.json()) as { readonly programs: readonly Omit<Program, 'served'>[] }
  const served = programs.map(program => ({ ...program, served: true }))
  return served.some(({ name }) => name === own.name) ? served : [own, ...served]
}

/** Why a program cannot be shown, in the words of the compiler. */
export class ProgramProblem extends Error {}

/**
 * Loads a program, compiled as its files are now.
 *
 * @throws ProgramProblem
 */
export async function loadProgram({ name, served }: Program): Promise<CompiledMiniProgram> {
  if (!served) return (await import('mini-program:native')).miniProgram
  // A module is kept by its address for ever, so every launch has its own.
  const address = `/dev/programs/${encodeURIComponent(name)}.js?at=${Date.now()}`
  const module = (await import(/* @vite-ignore */ address)) as Partial<
    Record<'miniProgram', CompiledMiniProgram> & Record<'problem', string>
  >
  if (module.miniProgram) return module.miniProgram
  throw new ProgramProblem(module.problem ?? address)
}
