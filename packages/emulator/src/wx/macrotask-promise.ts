/** When promises of the mini program run what follows: at once after the present task, or in a task of their own. */
export type PromiseMode = 'microtask' | 'macrotask'

/** On iOS 15 and older promises are made with `setTimeout` (JavaScript 支持情况). */
export function promiseModeOf(platform: string, system: string): PromiseMode {
  const [, major] = /^iOS (\d+)/.exec(system) ?? []
  return platform === 'ios' && major !== undefined && Number(major) <= 15 ? 'macrotask' : 'microtask'
}

/**
 * A Promise whose `then` runs in a task of its own, as where promises are made with `setTimeout`: timers that are due
 * run before it. An `async` function compiled to ES5, as WeChat's tools do it, uses the Promise that it finds; a native
 * one does not.
 *
 * @param later runs something in a later task
 */
export function macrotaskPromise(later: (run: () => void) => void): PromiseConstructor {
  const inLaterTask =
    <In, Out>(run: (value: In) => Out | PromiseLike<Out>) =>
    (value: In) =>
      new Promise<Out>((resolve, reject) =>
        later(() => {
          try {
            resolve(run(value))
          } catch (error) {
            reject(error)
          }
        }),
      )

  return class MacrotaskPromise<T> extends Promise<T> {
    // biome-ignore lint/suspicious/noThenProperty: this class is a Promise, and its `then` is the point of it
    override then<Ok = T, Bad = never>(
      ok?: ((value: T) => Ok | PromiseLike<Ok>) | null,
      bad?: ((reason: unknown) => Bad | PromiseLike<Bad>) | null,
    ): Promise<Ok | Bad> {
      return super.then(ok && inLaterTask(ok), bad && inLaterTask(bad))
    }
  }
}
