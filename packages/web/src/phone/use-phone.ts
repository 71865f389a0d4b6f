import type { EmulatorState } from '@weapp-auth/emulator'
import {
  createHttpCloud,
  createWxRuntime,
  type DialogDecision,
  type PhoneDecision,
  type WechatCloud,
  type WxDialog,
  type WxNetwork,
  type WxRuntime,
  webStorage,
} from '@weapp-auth/emulator/wx'
import { computed, nextTick, onUnmounted, type Ref, reactive, ref, shallowRef, watch } from 'vue'
import { language } from '../ui/language.ts'
import { createEmulatorClient } from './emulator-client.ts'
import type { NicknameField } from './mini-program/built-in/text-fields.ts'
import type { Tapped } from './mini-program/gestures.ts'
import { launchMiniProgram, type MiniProgramHost } from './mini-program/mini-program-host.ts'
import type { PageChrome } from './mini-program/page-chrome.ts'
import { personPicture } from './person-picture.ts'
import { noServer, phoneNetwork, pictureAddress, slowNetwork } from './phone-network.ts'
import { createPhoneTimers } from './phone-timers.ts'
import { listPrograms, loadProgram, type Program, ProgramProblem } from './programs/programs.ts'
import { type Decisions, type DeviceChoice, type DialogName, defaultDevice, type Network } from './scenario/scenario.ts'
import { readConsent } from './state/read-consent.ts'
import { useClock } from './use-clock.ts'
import { useOverlays } from './use-overlays.ts'

export type Person = EmulatorState['people'][number]

/** What is written on a runtime of this page for whoever watches the client, see `create-auth.ts` of the client. */
interface WatchedAuth {
  state(): object
  subscribe(watch: (state: object) => void): () => void
}

const personKey = 'weapp-auth.person'
const programKey = 'weapp-auth.program'
const darkMode = matchMedia('(prefers-color-scheme: dark)')
/** What a request meets; `none` is refused by the runtime before. */
const networks = { wifi: phoneNetwork, slow: slowNetwork, 'no-server': noServer, none: noServer }
const emptyChrome: PageChrome = {
  title: '',
  loading: false,
  canGoBack: false,
  window: {
    navigationBarBackgroundColor: 'var(--surface)',
    navigationBarTextStyle: darkMode.matches ? 'white' : 'black',
  },
  route: '',
  tabs: [],
}
/** What one can choose about the phone before it starts a mini program. */
interface PhoneSetup {
  program: string
  personId: string
  device: DeviceChoice
  decisions: Decisions
  network: Network
}

/**
 * The phone: who holds it, which mini program runs on it, and what WeChat draws around that.
 *
 * @param container Where the pages of the mini program go, as soon as it is there.
 */
export function usePhone(container: Readonly<Ref<HTMLElement | null>>) {
  const emulator = createEmulatorClient()
  const clock = useClock()
  const timers = createPhoneTimers(clock.read)
  const overlays = useOverlays()
  const setup: PhoneSetup = reactive({
    program: 'native',
    personId: '',
    device: defaultDevice,
    decisions: {},
    network: 'wifi',
  })
  const programs = shallowRef<readonly Program[]>([])
  const people = shallowRef<readonly Person[]>([])
  const app = shallowRef<EmulatorState['apps'][number] | null>(null)
  const chrome = shallowRef(emptyChrome)
  const home = ref<'away' | 'killed' | null>(null)
  const failed = ref(false)
  const problem = ref('')
  const nickname = shallowRef<NicknameField | null>(null)
  const clientState = shallowRef<object | null>(null)
  /** Counts launches: what is left of an earlier one must not touch the next. */
  const launches = ref(0)
  const pending = ref(0)
  const tapListeners = new Set<(tap: Tapped) => void>()
  let runtime: WxRuntime | undefined
  let host: MiniProgramHost | undefined

  const appId = computed(() => app.value?.appId ?? '')
  const program = computed(() => programs.value.find(({ name }) => name === setup.program))
  const person = computed(() => people.value.find(({ id }) => id === setup.personId))
  const use = () => ({ appId: appId.value, personId: setup.personId })
  const storage = () => webStorage(localStorage, `${setup.program}/${appId.value}/${setup.personId}/`)
  const cloud = counted(createHttpCloud({ baseUrl: '' }))
  const network: WxNetwork = request => busy(() => networks[setup.network](request))

  async function busy<T>(run: () => Promise<T>): Promise<T> {
    pending.value += 1
    try {
      return await run()
    } finally {
      pending.value -= 1
    }
  }
  function counted(own: WechatCloud): WechatCloud {
    const calls = Object.entries(own).map(([name, call]) => [
      name,
      (...args: readonly unknown[]) => busy(async () => Reflect.apply(call, own, args)),
    ])
    return Object.fromEntries(calls) as WechatCloud
  }

  async function refresh(): Promise<void> {
    const state = await emulator.state()
    clock.set(state.now)
    timers.wake()
    app.value = state.apps[0] ?? null
    people.value = state.people
  }

  async function start(): Promise<void> {
    try {
      programs.value = await listPrograms()
      await refresh()
      const remembered = people.value.find(({ id }) => id === localStorage.getItem(personKey))
      setup.personId = (remembered ?? people.value[0])?.id ?? ''
      const wanted = programs.value.find(({ name }) => name === localStorage.getItem(programKey))
      setup.program = (wanted ?? programs.value[0])?.name ?? setup.program
      await restart()
    } catch (error) {
      failed.value = true
      throw error
    }
  }

  /** A cold start: pages, modules and timers are new, what was stored stays. */
  async function restart(): Promise<void> {
    end()
    const launch = launches.value
    const chosen = program.value
    if (setup.personId === '' || !chosen?.ready) return
    try {
      const compiled = await loadProgram(chosen)
      await nextTick()
      if (launch !== launches.value || !container.value) return
      const { oldPromises, platform, sdkVersion, width } = setup.device
      const started = createWxRuntime({
        app: { appId: appId.value, name: app.value?.name ?? '' },
        personId: setup.personId,
        cloud,
        network: untilEnd(network, () => runtime === started),
        decide: sheet => scripted(setup.decisions.phone) ?? overlays.ask(sheet),
        ui: { ...overlays.ui, showDialog: decideDialog },
        storage: storage(),
        timers,
        now: clock.read,
        device: { ...deviceLook(), platform, sdkVersion, screenWidth: width },
        ...(oldPromises && { promises: 'macrotask' as const }),
        launch: { path: compiled.app.entryPagePath ?? compiled.app.pages[0] ?? '' },
      })
      runtime = started
      if (setup.network === 'none') started.connect('none')
      started.wx.onWeappAuth = watchClient
      void cloud.note(started.use, launchNote)
      host = launchMiniProgram({
        program: compiled,
        runtime: started,
        container: container.value,
        chromeChanged: changed => {
          chrome.value = changed
        },
        pictureAddress,
        nicknameFocused: field => {
          nickname.value = field
        },
        tapped: tap => {
          for (const listener of tapListeners) listener(tap)
        },
        failed: error => void cloud.note(started.use, scriptNote(error)),
      })
    } catch (error) {
      if (!(error instanceof ProgramProblem)) throw error
      problem.value = error.message
    }
  }

  function watchClient(auth: WatchedAuth): void {
    const launch = launches.value
    const show = (state: object) => {
      if (launch === launches.value) clientState.value = state
    }
    auth.subscribe(show)
    show(auth.state())
  }

  function end(): void {
    launches.value += 1
    overlays.dismiss()
    host?.end()
    host = undefined
    runtime = undefined
    home.value = null
    problem.value = ''
    nickname.value = null
    clientState.value = null
    chrome.value = emptyChrome
  }

  /** Forgets what the mini program stored for this person, and starts it anew. */
  async function wipe(): Promise<void> {
    end()
    const stored = storage()
    for (const key of [...stored.keys()]) stored.delete(key)
    await restart()
  }

  function decideDialog(dialog: WxDialog): Promise<DialogDecision | undefined> {
    const kind: DialogName = dialog.kind === 'privacy-contract' ? 'privacy' : dialog.kind
    const answer = setup.decisions[kind] ?? 'ask'
    if (answer === 'allow') return allowFor(dialog)
    if (answer !== 'ask') return Promise.resolve({ decision: answer })
    // WeChat itself reviews nicknames; nobody is asked.
    return dialog.kind === 'nickname-review' ? Promise.resolve(undefined) : overlays.askDialog(dialog)
  }

  async function allowFor(dialog: WxDialog): Promise<DialogDecision> {
    if (dialog.kind !== 'avatar') return { decision: 'allow' }
    const avatarUrl = await keepPicture(await personPicture(person.value?.name ?? ''), 'png')
    return { decision: 'allow', avatarUrl }
  }

  /** Puts a picture down as a temporary file of the phone; answers the path that the page sees. */
  async function keepPicture(bytes: Uint8Array<ArrayBuffer>, ending: string): Promise<string> {
    return runtime?.files.add(bytes, ending) ?? ''
  }

  async function handOver(id: string): Promise<void> {
    setup.personId = id
    localStorage.setItem(personKey, id)
    await restart()
  }

  async function open(name: string): Promise<void> {
    setup.program = name
    localStorage.setItem(programKey, name)
    programs.value = await listPrograms()
    await restart()
  }

  async function moveClock(ms: number): Promise<void> {
    clock.set(await emulator.advance(ms))
    timers.wake()
  }

  function connect(next: Network): void {
    setup.network = next
    runtime?.connect(next === 'none' ? 'none' : next === 'slow' ? '2g' : 'wifi')
  }

  /** The menu of the capsule; in WeChat "re-enter" is what one looks for in it. */
  async function more(): Promise<void> {
    const words = menu[language.value]
    if (await overlays.ui.showModal?.({ ...words, title: '', showCancel: true })) await restart()
  }

  function leave(): void {
    overlays.dismiss()
    runtime?.hide()
    home.value = 'away'
  }

  async function enter(): Promise<void> {
    // WeChat ends what was away for half an hour; opening it again is a cold start.
    const cold = home.value === 'killed' || runtime?.life.state === 'destroyed'
    home.value = null
    if (cold) await restart()
    else runtime?.show()
  }

  /** The person swipes WeChat away: no hook of the mini program is called. */
  function kill(): void {
    end()
    home.value = 'killed'
  }

  async function remove(how: 'recent' | 'deleted'): Promise<void> {
    const leaving = runtime
    end()
    await leaving?.remove(how)
    home.value = 'killed'
  }

  // WeChat starts a mini program anew when language or theme of the phone change.
  watch(language, () => void restart())
  const themeChanged = () => void restart()
  darkMode.addEventListener('change', themeChanged)
  onUnmounted(() => {
    darkMode.removeEventListener('change', themeChanged)
    end()
  })

  return {
    emulator,
    setup,
    programs,
    program,
    people,
    person,
    app,
    chrome,
    home,
    failed,
    problem,
    nickname,
    clientState,
    pending,
    now: clock.now,
    ahead: clock.ahead,
    ...overlays,
    back: () => host?.back(),
    switchTab: (route: string) => host?.switchTab(route),
    pages: () => host?.pages() ?? [],
    onTap: (listener: (tap: Tapped) => void) => void tapListeners.add(listener),
    use,
    storage,
    consent: () => readConsent(runtime?.wx),
    keepPicture,
    refresh,
    start,
    restart,
    wipe,
    handOver,
    open,
    moveClock,
    connect,
    more,
    leave,
    enter,
    kill,
    remove,
  }
}

export type Phone = ReturnType<typeof usePhone>

/** Answers in a person's place; `undefined` asks on the glass. */
function scripted(answer: Decisions['phone'] = 'ask'): PhoneDecision | undefined {
  return answer === 'ask' ? undefined : { decision: answer }
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

function scriptNote(error: unknown) {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    what: 'script-error',
    ok: false,
    text: { zh: `小程序的代码抛出了错误：${reason}`, en: `the code of the mini program threw: ${reason}` },
    facts: { stack: error instanceof Error ? (error.stack ?? '').slice(0, 600) : '' },
  }
}

function deviceLook() {
  return {
    language: language.value === 'zh' ? 'zh_CN' : 'en',
    theme: darkMode.matches ? 'dark' : 'light',
    screenHeight: 812,
    statusBarHeight: 46,
  } as const
}
