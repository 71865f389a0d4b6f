import { miniProgram } from 'mini-program:native'
import type { EmulatorState } from '@weapp-auth/emulator'
import { createHttpCloud, createWxRuntime, type WxNetwork, type WxRuntime, webStorage } from '@weapp-auth/emulator/wx'
import { computed, onUnmounted, type Ref, ref, shallowRef, watch } from 'vue'
import { language } from '../ui/language.ts'
import { createEmulatorClient } from './emulator-client.ts'
import { launchMiniProgram, type MiniProgramHost } from './mini-program/mini-program-host.ts'
import type { PageChrome } from './mini-program/page-chrome.ts'
import { phoneNetwork } from './phone-network.ts'
import { useClock } from './use-clock.ts'
import { useOverlays } from './use-overlays.ts'

type People = EmulatorState['people']

const personKey = 'weapp-auth.person'
const emptyChrome: PageChrome = { title: '', loading: false, canGoBack: false, window: {}, route: '', tabs: [] }
const darkMode = matchMedia('(prefers-color-scheme: dark)')

/**
 * The phone: who holds it, which mini program runs on it, and what WeChat draws around that.
 *
 * @param container Where the pages of the mini program go, as soon as it is there.
 */
export function usePhone(container: Readonly<Ref<HTMLElement | null>>) {
  const emulator = createEmulatorClient()
  const cloud = createHttpCloud({ baseUrl: '' })
  const clock = useClock()
  const overlays = useOverlays()
  const people = shallowRef<People>([])
  const personId = ref('')
  const app = shallowRef({ appId: '', name: '' })
  const chrome = shallowRef(emptyChrome)
  const away = ref(false)
  const failed = ref(false)
  let runtime: WxRuntime | undefined
  let host: MiniProgramHost | undefined

  const storage = () => webStorage(localStorage, `${app.value.appId}/${personId.value}/`)

  async function start(): Promise<void> {
    try {
      const state = await emulator.state()
      clock.set(state.now)
      app.value = state.apps[0] ?? app.value
      people.value = state.people
      const remembered = state.people.find(person => person.id === localStorage.getItem(personKey))
      personId.value = (remembered ?? state.people[0])?.id ?? ''
      restart()
    } catch {
      failed.value = true
    }
  }

  /** A cold start: pages, modules and timers are new, what was stored stays. */
  function restart(): void {
    end()
    if (!container.value || personId.value === '') return
    away.value = false
    const launch = createWxRuntime({
      app: app.value,
      personId: personId.value,
      cloud,
      network: untilEnd(phoneNetwork, () => runtime === launch),
      decide: overlays.ask,
      ui: overlays.ui,
      storage: storage(),
      device: device(),
      launch: { path: miniProgram.app.entryPagePath ?? miniProgram.app.pages[0] ?? '' },
    })
    runtime = launch
    void cloud.note(launch.use, launchNote)
    host = launchMiniProgram({
      program: miniProgram,
      runtime: launch,
      container: container.value,
      now: clock.read,
      chromeChanged: changed => {
        chrome.value = changed
      },
    })
  }

  function end(): void {
    overlays.dismiss()
    host?.end()
    host = undefined
    runtime = undefined
  }

  /** Forgets what the mini program stored for this person, and starts it anew. */
  function wipe(): void {
    end()
    const stored = storage()
    for (const key of [...stored.keys()]) stored.delete(key)
    restart()
  }

  function handOver(id: string): void {
    personId.value = id
    localStorage.setItem(personKey, id)
    restart()
  }

  async function moveClock(ms: number): Promise<void> {
    clock.set(await emulator.advance(ms))
  }

  /** The menu of the capsule; in WeChat "re-enter" is what one looks for in it. */
  async function more(): Promise<void> {
    const words = menu[language.value]
    if (await overlays.ui.showModal?.({ ...words, title: '', showCancel: true })) restart()
  }

  function leave(): void {
    overlays.dismiss()
    runtime?.hide()
    away.value = true
  }

  function enter(): void {
    away.value = false
    // WeChat ends what was away for half an hour; opening it again is a cold start.
    if (runtime?.life.state === 'destroyed') restart()
    else runtime?.show()
  }

  // WeChat starts a mini program anew when language or theme of the phone change.
  watch(language, restart)
  darkMode.addEventListener('change', restart)
  onUnmounted(() => {
    darkMode.removeEventListener('change', restart)
    end()
  })

  return {
    appName: computed(() => app.value.name),
    people,
    personId,
    chrome,
    away,
    failed,
    now: clock.now,
    ahead: clock.ahead,
    toast: overlays.toast,
    modal: overlays.modal,
    sheet: overlays.sheet,
    decide: overlays.decide,
    choose: overlays.choose,
    back: () => host?.back(),
    start,
    restart,
    wipe,
    handOver,
    moveClock,
    more,
    leave,
    enter,
  }
}

/** A mini program that was ended hears nothing any more: its answers must not reach the next launch's storage. */
function untilEnd(network: WxNetwork, runs: () => boolean): WxNetwork {
  return request =>
    new Promise((resolve, reject) => {
      network(request).then(
        response => runs() && resolve(response),
        error => runs() && reject(error),
      )
    })
}

const menu = {
  zh: { content: '重新进入小程序？', confirmText: '重新进入', cancelText: '取消' },
  en: { content: 'Re-enter the mini program?', confirmText: 'Re-enter', cancelText: 'Cancel' },
} as const

const launchNote = {
  what: 'app-launch',
  ok: true,
  text: { zh: '小程序冷启动', en: 'the mini program starts from cold' },
  facts: {},
} as const

function device() {
  return {
    language: language.value === 'zh' ? 'zh_CN' : 'en',
    theme: darkMode.matches ? 'dark' : 'light',
    screenWidth: 375,
    screenHeight: 812,
    statusBarHeight: 46,
  } as const
}
