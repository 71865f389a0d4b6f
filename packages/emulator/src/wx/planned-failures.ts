import { WxFail } from './fail.ts'

/** A failure in WeChat's words: what follows `:fail `, and its errno. */
export interface PlannedFailure {
  /** Default: empty, the failure is a bare `:fail`. */
  readonly reason?: string
  readonly errno?: number
}

/** Failures that the next calls will have, for spellings that nothing else brings about. */
export interface PlannedFailures {
  /** @param api such as `login`, or `getPhoneNumber` of the button */
  plan(api: string, failure: PlannedFailure): void
  /** Takes what was planned for this API. */
  next(api: string): WxFail | undefined
  /** @throws WxFail when one was planned */
  throwNext(api: string): void
}

export function createPlannedFailures(): PlannedFailures {
  const planned = new Map<string, readonly PlannedFailure[]>()

  function next(api: string): WxFail | undefined {
    const [first, ...rest] = planned.get(api) ?? []
    planned.set(api, rest)
    return first && new WxFail(first.reason ?? '', first.errno)
  }

  return {
    plan: (api, failure) => void planned.set(api, [...(planned.get(api) ?? []), failure]),
    next,
    throwNext(api) {
      const failure = next(api)
      if (failure) throw failure
    },
  }
}
