import { globalOptions } from 'glass-easel'
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import { addBuiltIns } from './built-in.ts'
import type { CompiledMiniProgram, Theme } from './compiled.ts'
import { type InteractionScreen, interactionApis } from './interaction.ts'
import { PageBackend } from './page-backend.ts'
import { chromeOf, type PageChrome, type PageTitle } from './page-chrome.ts'
import { createPageLayer, type OpenTypes, type PageLayer } from './page-layer.ts'
import { createPageSheets } from './page-sheets.ts'
import { createPageStack } from './page-stack.ts'
import type { PageTarget } from './page-url.ts'
import { createPhoneDate } from './phone-date.ts'
import { usePlainEvents } from './plain-events.ts'
import { registerComponents } from './register-components.ts'
import { safely } from './safely.ts'
import { resolveTheme } from './theme.ts'
import { createTimers } from './timers.ts'
import { wxApi } from './wx-api.ts'

// uni-app assigns its handlers to the page instance at run time; without this they would never be called.
globalOptions.useMethodCallerListeners = true
usePlainEvents()

export interface MiniProgramHostOptions {
  readonly program: CompiledMiniProgram
  /** The `wx` of this launch; routing and interaction are added to it. */
  readonly wx: object
  /** The pages are put into it. */
  readonly container: HTMLElement
  readonly screen: InteractionScreen
  readonly openTypes: OpenTypes
  /** Milliseconds since 1970 on this phone. */
  readonly now: () => number
  readonly theme: keyof Theme
  /** Default texts of the buttons of a modal. */
  readonly buttons: { readonly confirm: string; readonly cancel: string }
  readonly chromeChanged: (chrome: PageChrome) => void
}

/** One launch of a mini program, from its cold start to its end. */
export interface MiniProgramHost {
  /** What the back button of the phone does; `false` on the first page. */
  back(): boolean
  /** The app goes to the background, or comes back. */
  hide(): void
  show(): void
  end(): void
}

interface AppInstance {
  onLaunch?(options: object): void
  onShow?(options: object): void
  onHide?(): void
}

const launchScene = 1001

/** Starts a compiled mini program: app.js, then its pages, then `onLaunch`, `onShow` and the first page. */
export function launchMiniProgram(options: MiniProgramHostOptions): MiniProgramHost {
  const { program, container } = options
  const timers = createTimers()
  const environment = new MiniProgramEnv()
  const codeSpace = environment.createCodeSpace('', true)
  addBuiltIns(codeSpace, program.assets)
  const backend = environment.associateBackend(new PageBackend())
  const sheets = createPageSheets(program)
  const titles = new WeakMap<PageLayer, PageTitle>()
  let app: AppInstance = {}

  const stack = createPageStack({
    routes: program.app.pages,
    tabs: program.app.tabBar?.list.map(tab => tab.pagePath) ?? [],
    create: target =>
      createPageLayer(target, { backend, codeSpace, sheets: sheets(target.route), openTypes: options.openTypes }),
    enter: (layer, how) => {
      container.append(layer.element)
      return move(layer.element, how === 'push' ? 'in' : 'none')
    },
    leave: (layer, how) => move(layer.element, how === 'pop' ? 'out' : 'none'),
    changed: () => tellChrome(),
  })
  const tellChrome = () => {
    const top = stack.layers().at(-1)
    const config = { ...program.app.window, ...(top && program.configs[top.route]) }
    const window = resolveTheme(config, program.theme, options.theme)
    options.chromeChanged(chromeOf(window, stack.layers().length, top && titles.get(top)))
  }
  const rename = (part: PageTitle) => {
    const top = stack.layers().at(-1)
    if (top) titles.set(top, { ...titles.get(top), ...part })
    tellChrome()
    return undefined
  }
  Object.assign(
    options.wx,
    stack.apis,
    interactionApis(options.screen, (ms, run) => void timers.setTimeout(run, ms), options.buttons),
    {
      setNavigationBarTitle: wxApi('setNavigationBarTitle', ({ title }: { title: string }) => rename({ title })),
      showNavigationBarLoading: wxApi('showNavigationBarLoading', () => rename({ loading: true })),
      hideNavigationBarLoading: wxApi('hideNavigationBarLoading', () => rename({ loading: false })),
    },
  )

  registerComponents(program, codeSpace, {
    wx: options.wx,
    App: (definition: AppInstance) => {
      app = definition
    },
    getApp: () => app,
    getCurrentPages: () => stack.layers().map(layer => layer.page),
    Date: createPhoneDate(options.now),
    ...timers,
  })
  const first: PageTarget = { route: program.app.entryPagePath ?? program.app.pages[0] ?? '', query: {} }
  const launch = { path: first.route, query: {}, scene: launchScene, referrerInfo: {} }
  safely(() => app.onLaunch?.(launch))
  safely(() => app.onShow?.(launch))
  stack.open(first)

  return {
    back: () => stack.back(),
    hide: () => {
      stack.layers().at(-1)?.call('onHide')
      safely(() => app.onHide?.())
    },
    show: () => {
      safely(() => app.onShow?.(launch))
      stack.layers().at(-1)?.call('onShow')
    },
    end: () => {
      stack.clear()
      timers.stop()
    },
  }
}

const slide = { duration: 320, easing: 'cubic-bezier(0.3, 0.7, 0.1, 1)' } as const

async function move(element: HTMLElement, how: 'in' | 'out' | 'none'): Promise<void> {
  if (how === 'none' || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const frames = [{ transform: 'translateX(100%)' }, { transform: 'none' }]
  await element.animate(how === 'in' ? frames : frames.reverse(), { ...slide, fill: 'forwards' }).finished
}
