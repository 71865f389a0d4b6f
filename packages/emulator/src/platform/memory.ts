import { type GraphJson, readGraph, writeGraph } from './graph-json.ts'

/**
 * Everything that the emulated WeChat remembers, in named parts of plain data: whoever keeps something from one call to
 * the next keeps it here, so that a reset forgets all of it and a snapshot holds all of it.
 */
export interface Memory {
  /**
   * The part of this name; `initial` makes it the first time. Objects, arrays, Maps, Sets, bytes and primitives; what is
   * shared between parts stays shared after {@link Memory.save}.
   */
  part<T extends object>(name: string, initial: () => T): T
  /** @throws TypeError that names a value that JSON cannot hold, such as a function */
  save(): GraphJson
}

/**
 * @param saved what {@link Memory.save} answered; default: nothing is remembered
 * @throws TypeError when it is something else
 */
export function createMemory(saved?: GraphJson): Memory {
  const parts = saved ? readGraph(saved) : new Map()
  if (!(parts instanceof Map)) throw new TypeError('the root must be a Map')
  return {
    part<T extends object>(name: string, initial: () => T) {
      const known = parts.get(name) as T | undefined
      if (known) return known
      const made = initial()
      parts.set(name, made)
      return made
    },
    save: () => writeGraph(parts),
  }
}
