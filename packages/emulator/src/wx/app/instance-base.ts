import { type Definition, type Instance, isMethod } from './definition.ts'
import { writeData } from './set-data.ts'

interface BaseTools {
  /** Path without `.js`. */
  readonly path: string
  readonly data: Record<string, unknown>
  /** Runs `run` when the mini program is awake. */
  readonly later: (run: () => void) => void
  /** Told which keys of the first level were written, after they were. */
  readonly written: (instance: Instance, changed: ReadonlySet<string>) => void
}

/** What pages and components have in common. There is no template, so there are no children to select. */
export function createInstance({ path, data, later, written }: BaseTools): Instance {
  const instance: Instance = {
    is: path,
    data,
    setData(values: Definition, done?: unknown) {
      written(instance, writeData(instance.data, values))
      if (isMethod(done)) later(() => done.call(instance))
    },
    selectComponent: () => null,
    selectAllComponents: () => [],
    groupSetData: (run: unknown) => isMethod(run) && run.call(instance),
  }
  return instance
}
