type Settle<T> = (value: T) => void
type Reaction = (state: 'fulfilled' | 'rejected', value: unknown) => void

/**
 * A Promise whose callbacks are macrotasks, as iOS 15 and older emulate it for mini programs ("JavaScript 支持情况"):
 * nothing may rely on `then` coming before a timeout.
 */
export function createMacrotaskPromise(task: (run: () => void) => void) {
  return class MacrotaskPromise {
    #state: 'pending' | 'fulfilled' | 'rejected' = 'pending'
    #value: unknown
    #reactions: Reaction[] = []

    constructor(run: (resolve: Settle<unknown>, reject: Settle<unknown>) => void) {
      let called = false
      const once =
        (settle: Settle<unknown>): Settle<unknown> =>
        value => {
          if (called) return
          called = true
          settle(value)
        }
      const reject = (error: unknown) => this.#settle('rejected', error)
      try {
        run(
          once(value => this.#adopt(value)),
          once(reject),
        )
      } catch (error) {
        once(reject)(error)
      }
    }

    static resolve(value: unknown) {
      return value instanceof MacrotaskPromise ? value : new MacrotaskPromise(resolve => resolve(value))
    }

    // biome-ignore lint/suspicious/noThenProperty: this is a promise
    then(onFulfilled?: unknown, onRejected?: unknown) {
      return new MacrotaskPromise((resolve, reject) => {
        const react: Reaction = (state, value) =>
          task(() => {
            const handler = state === 'fulfilled' ? onFulfilled : onRejected
            try {
              if (typeof handler === 'function') resolve(handler(value))
              else if (state === 'fulfilled') resolve(value)
              else reject(value)
            } catch (error) {
              reject(error)
            }
          })
        if (this.#state === 'pending') this.#reactions.push(react)
        else react(this.#state, this.#value)
      })
    }

    catch(onRejected: unknown) {
      return this.then(undefined, onRejected)
    }

    #adopt(value: unknown) {
      const then = typeof value === 'object' && value !== null && 'then' in value ? value.then : undefined
      if (typeof then !== 'function') return this.#settle('fulfilled', value)
      task(() =>
        then.call(
          value,
          (inner: unknown) => this.#adopt(inner),
          (error: unknown) => this.#settle('rejected', error),
        ),
      )
    }

    #settle(state: 'fulfilled' | 'rejected', value: unknown) {
      this.#state = state
      this.#value = value
      for (const react of this.#reactions.splice(0)) react(state, value)
    }
  }
}
