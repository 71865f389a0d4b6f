import type { HostTimers } from './host-timers.ts'

/** What the mini program was opened with. */
export interface EnterOptions {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** 1001 is "from the list of recent mini programs". */
  readonly scene: number
  readonly referrerInfo: object
}

type Listener = (options: EnterOptions) => void

/** Foreground, background, suspension, end. */
export interface LifeCycle {
  readonly state: 'foreground' | 'background' | 'suspended' | 'destroyed'
  readonly launchOptions: EnterOptions
  readonly enterOptions: EnterOptions
  /** @throws Error when this launch has ended: open the mini program anew, which is a cold start */
  show(options?: Partial<EnterOptions>): void
  hide(): void
  onShow(listener: Listener): void
  /** Without a listener: all of them. */
  offShow(listener?: Listener): void
  onHide(listener: () => void): void
  offHide(listener?: () => void): void
  /** The person removed the mini program: this launch is over. */
  end(): void
  /** Five seconds after going to the background. */
  onSuspend(listener: () => void): void
  /** Thirty minutes after going to the background, or at {@link end}. */
  onDestroy(listener: () => void): void
  /** Runs `run` at once, or when the mini program is no longer suspended; never after its end. */
  whenAwake(run: () => void): void
}

/** 小程序运行机制: the logic thread stops 5 s after the mini program went to the background. */
const SUSPEND_AFTER_MS = 5000
/** … and the mini program ends after 30 minutes there. */
const DESTROY_AFTER_MS = 1_800_000

export function createLifeCycle(timers: HostTimers, launched: Partial<EnterOptions> = {}): LifeCycle {
  const launchOptions: EnterOptions = { path: '', query: {}, scene: 1001, referrerInfo: {}, ...launched }
  const onShow = new Set<Listener>()
  const onHide = new Set<() => void>()
  const onSuspend = new Set<() => void>()
  const onDestroy = new Set<() => void>()
  let state: LifeCycle['state'] = 'foreground'
  let shown = false
  let enterOptions = launchOptions
  let asleep: (() => void)[] = []
  let cancelSleep = () => {}

  function suspend(): void {
    state = 'suspended'
    for (const listener of onSuspend) listener()
    cancelSleep = timers.after(DESTROY_AFTER_MS - SUSPEND_AFTER_MS, destroy)
  }

  function destroy(): void {
    state = 'destroyed'
    asleep = []
    for (const listener of onDestroy) listener()
  }

  return {
    get state() {
      return state
    },
    launchOptions,
    get enterOptions() {
      return enterOptions
    },
    show(options = {}) {
      if (shown && state === 'foreground') return
      if (state === 'destroyed') throw new Error('this launch of the mini program is over; open it anew')
      cancelSleep()
      shown = true
      state = 'foreground'
      enterOptions = { ...enterOptions, ...options }
      const late = asleep
      asleep = []
      for (const listener of onShow) listener(enterOptions)
      for (const run of late) run()
    },
    hide() {
      if (state !== 'foreground') return
      shown = true
      state = 'background'
      cancelSleep = timers.after(SUSPEND_AFTER_MS, suspend)
      for (const listener of onHide) listener()
    },
    end() {
      cancelSleep()
      destroy()
    },
    onShow: listener => void onShow.add(listener),
    offShow: listener => void (listener ? onShow.delete(listener) : onShow.clear()),
    onHide: listener => void onHide.add(listener),
    offHide: listener => void (listener ? onHide.delete(listener) : onHide.clear()),
    onSuspend: listener => void onSuspend.add(listener),
    onDestroy: listener => void onDestroy.add(listener),
    whenAwake(run) {
      if (state === 'suspended') asleep.push(run)
      else if (state !== 'destroyed') run()
    },
  }
}
