import { computed, onUnmounted, type Ref, ref } from 'vue'

/** The time of the emulator, ticking with this page. */
export interface EmulatorTime {
  /** Milliseconds since 1970, renewed every second. */
  readonly now: Readonly<Ref<number>>
  /** How far it is ahead of the browser, in milliseconds. */
  readonly ahead: Readonly<Ref<number>>
  /** The exact time, for the mini program's `Date`. */
  readonly read: () => number
  /** The emulator said what time it is. */
  readonly set: (now: number) => void
}

export function useClock(): EmulatorTime {
  const ahead = ref(0)
  const tick = ref(Date.now())
  const timer = setInterval(() => {
    tick.value = Date.now()
  }, 1000)
  onUnmounted(() => clearInterval(timer))
  return {
    ahead,
    now: computed(() => tick.value + ahead.value),
    read: () => Date.now() + ahead.value,
    set: now => {
      tick.value = Date.now()
      ahead.value = now - tick.value
    },
  }
}
