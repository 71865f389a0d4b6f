import type { EnterOptions, WxRuntime } from '@weapp-auth/emulator/wx'
import { addGlobalErrorListener, addGlobalWarningListener, globalOptions, removeGlobalErrorListener } from 'glass-easel'
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import { addBuiltIns } from './built-in/add-built-ins.ts'
import type { NicknameField } from './built-in/text-fields.ts'
import type { CompiledMiniProgram } from './compiled.ts'
import { createFindPicture } from './find-picture.ts'
import type { Tapped } from './gestures.ts'
import { PageBackend } from './page-backend.ts'
import { chromeOf, type PageChrome, type PageTitle } from './page-chrome.ts'
import { createPageLayer, type PageLayer } from './page-layer.ts'
import { createPageSheets } from './page-sheets.ts'
import { createPageStack } from './page-stack.ts'
import { createPhoneDate } from './phone-date.ts'
import { usePlainEvents } from './plain-events.ts'
import { registerComponents } from './register-components.ts'
import { createSafely } from './safely.ts'
import { createScriptGlobal } from './script-globals.ts'
import { resolveTheme } from './theme.ts'
import { wxApi } from './wx-api.ts'

// uni-app assigns its handlers to the page instance at run time; without this they would never be called.
globalOptions.useMethodCallerListeners = true
// `<label for>` looks for the id.
globalOptions.writeIdToDOM = true
// What a component of ours does not know (Taro's template names all that exist) is no reason for a warning.
addGlobalWarningListener(message => (message.includes('is not a valid property') ? false : undefined))
usePlainEvents()

export interface MiniProgramHostOptions {
  readonly program: CompiledMiniProgram
  /** The WeChat around this launch; the host takes over its navigation. */
  readonly runtime: WxRuntime
  /** The pages are put into it. It must be a size container (`container-type: size`). */
  readonly container: HTMLElement
  /** Milliseconds since 1970 on this phone. Default: the time of the runtime. */
  readonly now?: () => number
  readonly chromeChanged?: (chrome: PageChrome) => void
  /** Where an `http` picture comes from; `undefined` shows a grey one. Default: all are grey. */
  readonly pictureAddress?: (url: string) => string | undefined
  /** A nickname field has the focus (WeChat's keyboard offers the nickname), or has lost it. */
  readonly nicknameFocused?: (field: NicknameField | null) => void
  /** The person tapped the page. */
  readonly tapped?: (tap: Tapped) => void
  /** Told what the mini program threw, before the browser shows it as uncaught. */
  readonly failed?: (error: unknown) => void
}

/** One launch of a mini program, from its cold start to its end. */
export interface MiniProgramHost {
  /** The back button of the phone: does nothing on the first page. */
  back(): void
  /** A tap on the tab bar. */
  switchTab(route: string): void
  /** Routes and data of the open pages, the one on top last. */
  pages(): readonly { readonly route: string; readonly data: unknown }[]
  end(): void
}

interface AppInstance {
  onLaunch?(options: EnterOptions): void
  onShow?(options: EnterOptions): void
  onHide?(): void
}

/**
 * Starts a compiled mini program: app.js and its pages, `onLaunch`, `onShow`, then the first page.
 *
 * @example
 * const runtime = createWxRuntime({ app, personId: 'lin', cloud: createHttpCloud({ baseUrl: '' }) })
 * const host = launchMiniProgram({ program: miniProgram, runtime, container: document.body })
 */
export function launchMiniProgram(options: MiniProgramHostOptions): MiniProgramHost {
  const { program, runtime, container, now = runtime.now, chromeChanged = () => {}, failed = () => {} } = options
  const ending = new AbortController()
  const safely = createSafely(failed)
  // Errors of handlers and life times are caught by glass-easel, which writes them to the console.
  const tellFailure = (error: unknown) => failed(error)
  addGlobalErrorListener(tellFailure)
  const environment = new MiniProgramEnv()
  const codeSpace = environment.createCodeSpace('', true)
  const pageBackend = new PageBackend()
  const backend = environment.associateBackend(pageBackend)
  const sheets = createPageSheets(program)
  const titles = new WeakMap<PageLayer, PageTitle>()
  const tabs = program.app.tabBar?.list ?? []
  let app: AppInstance = {}

  const layerOptions = { backend, codeSpace, runtime, safely, tapped: options.tapped ?? (() => {}) }
  const stack = createPageStack({
    routes: program.app.pages,
    tabs: tabs.map(tab => tab.pagePath),
    create: target => createPageLayer(target, { ...layerOptions, sheets: sheets(target.route) }),
    enter: (layer, how) => {
      container.append(layer.element)
      runtime.pageViewed()
      return slide(layer.element, how === 'push' ? 'in' : 'none')
    },
    leave: (layer, how) => slide(layer.element, how === 'pop' ? 'out' : 'none'),
    changed: () => tellChrome(),
  })
  const top = () => stack.layers().at(-1)
  const tellChrome = () => {
    const page = top()
    const config = { ...program.app.window, ...(page && program.configs[page.route]) }
    const window = resolveTheme(config, program.theme, runtime.device.theme)
    const about = { route: page?.route ?? '', depth: stack.layers().length, tabs, assets: program.assets }
    chromeChanged(chromeOf(window, about, page && titles.get(page)))
  }
  const rename = (part: PageTitle) => {
    const page = top()
    if (page) titles.set(page, { ...titles.get(page), ...part })
    tellChrome()
    return undefined
  }

  runtime.navigateWith(stack.navigate)
  Object.assign(runtime.wx, {
    setNavigationBarTitle: wxApi('setNavigationBarTitle', ({ title }: { title: string }) => rename({ title })),
    showNavigationBarLoading: wxApi('showNavigationBarLoading', () => rename({ loading: true })),
    hideNavigationBarLoading: wxApi('hideNavigationBarLoading', () => rename({ loading: false })),
    createSelectorQuery: () => (top()?.page as { createSelectorQuery(): unknown } | undefined)?.createSelectorQuery(),
  })
  const tags = addBuiltIns(codeSpace, {
    findPicture: createFindPicture({
      assets: program.assets,
      files: runtime.files,
      address: options.pictureAddress ?? (() => undefined),
      ending: ending.signal,
    }),
    keyboard: { focused: options.nicknameFocused ?? (() => {}), review: runtime.blurNickname },
    go: (openType, url, delta) => safely(() => stack.navigate(moveOf(openType, url, delta))),
  })
  pageBackend.known = new Set([...tags, ...componentTags(program), 'page', 'slot'])

  const globals = {
    wx: runtime.wx,
    App: (definition: AppInstance) => {
      app = definition
    },
    getApp: () => app,
    getCurrentPages: () => stack.layers().map(layer => layer.page),
    Date: createPhoneDate(now),
    Promise: runtime.promise,
    ...runtime.timers,
  }
  const global = createScriptGlobal(globals)
  registerComponents(program, codeSpace, { ...globals, global, globalThis: global }, safely)
  runtime.life.onShow(entered => {
    safely(() => app.onShow?.(entered))
    top()?.call('onShow')
  })
  runtime.life.onHide(() => {
    top()?.call('onHide')
    safely(() => app.onHide?.())
  })

  const { launchOptions } = runtime.life
  safely(() => app.onLaunch?.(launchOptions))
  runtime.show()
  const first = launchOptions.path || program.app.entryPagePath || (program.app.pages[0] ?? '')
  stack.open({ route: first, query: launchOptions.query })

  return {
    back: () => {
      if (stack.layers().length > 1) stack.navigate({ kind: 'navigateBack', delta: 1 })
    },
    switchTab: route => safely(() => stack.navigate({ kind: 'switchTab', url: `/${route}` })),
    pages: () => stack.layers().map(({ route, page }) => ({ route, data: (page as { data?: unknown }).data })),
    end: () => {
      stack.clear()
      runtime.close()
      ending.abort()
      removeGlobalErrorListener(tellFailure)
    },
  }
}

/** Tags that pages and components of the mini program give to its own components. */
function componentTags(program: CompiledMiniProgram): readonly string[] {
  return Object.values(program.configs).flatMap(config => [
    ...Object.keys(config.usingComponents ?? {}),
    ...Object.keys(config.componentGenerics ?? {}),
  ])
}

const moves: Readonly<Record<string, 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch'>> = {
  navigate: 'navigateTo',
  redirect: 'redirectTo',
  switchTab: 'switchTab',
  reLaunch: 'reLaunch',
}

function moveOf(openType: string, url: string, delta: number) {
  if (openType === 'navigateBack') return { kind: 'navigateBack', delta } as const
  return { kind: moves[openType] ?? 'navigateTo', url }
}

const movement = { duration: 320, easing: 'cubic-bezier(0.3, 0.7, 0.1, 1)', fill: 'forwards' } as const

async function slide(element: HTMLElement, how: 'in' | 'out' | 'none'): Promise<void> {
  if (how === 'none' || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const frames = [{ transform: 'translateX(100%)' }, { transform: 'none' }]
  await element.animate(how === 'in' ? frames : frames.reverse(), movement).finished
}
