import type { Platform, PlatformFailure } from '../platform.ts'

/** Resolves after `ms`, or later when the app was in the background. */
export function pause(platform: Platform, ms: number): Promise<void> {
  return new Promise(resolve => {
    platform.after(ms, resolve)
  })
}

/** Settles as `promise` does, but after `ms` at the latest: callbacks of `wx` are known to get lost. */
export function within<T>(platform: Platform, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = platform.after(ms, () => {
      const failure: PlatformFailure = { errMsg: 'no callback came', errno: 5 }
      reject(failure)
    })
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V) => {
        timer.cancel()
        how(value)
      }
    promise.then(settle(resolve), settle(reject))
  })
}

/** Whether less than `ms` passed since `then`. A clock that was set back counts as if the time had passed. */
export function isRecent(platform: Platform, then: number, ms: number): boolean {
  const age = platform.now() - then
  return age >= 0 && age < ms
}
