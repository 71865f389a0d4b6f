import type { EnterOptions, WxRuntime } from '@weapp-auth/emulator/wx'
import { globalOptions } from 'glass-easel'
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import { addBuiltIns } from './built-in.ts'
import type { CompiledMiniProgram } from './compiled.ts'
import { PageBackend } from './page-backend.ts'
import { chromeOf, type PageChrome, type PageTitle } from './page-chrome.ts'
import { createPageLayer, type PageLayer } from './page-layer.ts'
import { createPageSheets } from './page-sheets.ts'
import { createPageStack } from './page-stack.ts'
import { createPhoneDate } from './phone-date.ts'
import { usePlainEvents } from './plain-events.ts'
import { registerComponents } from './register-components.ts'
import { safely } from './safely.ts'
import { resolveTheme } from './theme.ts'
import { wxApi } from './wx-api.ts'

// uni-app assigns its handlers to the page instance at run time; without this they would never be called.
globalOptions.useMethodCallerListeners = true
usePlainEvents()

export interface MiniProgramHostOptions {
  readonly program: CompiledMiniProgram
  /** The WeChat around this launch; the host takes over its navigation. */
  readonly runtime: WxRuntime
  /** The pages are put into it. */
  readonly container: HTMLElement
  /** Milliseconds since 1970 on this phone. */
  readonly now: () => number
  readonly chromeChanged: (chrome: PageChrome) => void
}

/** One launch of a mini program, from its cold start to its end. */
export interface MiniProgramHost {
  /** The back button of the phone: does nothing on the first page. */
  back(): void
  end(): void
}

interface AppInstance {
  onLaunch?(options: EnterOptions): void
  onShow?(options: EnterOptions): void
  onHide?(): void
}

/** Starts a compiled mini program: app.js and its pages, `onLaunch`, `onShow`, then the first page. */
export function launchMiniProgram(options: MiniProgramHostOptions): MiniProgramHost {
  const { program, runtime, container } = options
  const environment = new MiniProgramEnv()
  const codeSpace = environment.createCodeSpace('', true)
  const backend = environment.associateBackend(new PageBackend())
  const sheets = createPageSheets(program)
  const openTypes = { getPhoneNumber: runtime.tapPhoneButton }
  const titles = new WeakMap<PageLayer, PageTitle>()
  let app: AppInstance = {}

  const stack = createPageStack({
    routes: program.app.pages,
    tabs: program.app.tabBar?.list.map(tab => tab.pagePath) ?? [],
    create: target => createPageLayer(target, { backend, codeSpace, sheets: sheets(target.route), openTypes }),
    enter: (layer, how) => {
      container.append(layer.element)
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
    options.chromeChanged(chromeOf(window, stack.layers().length, page && titles.get(page)))
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
  })
  addBuiltIns(codeSpace, program.assets)
  registerComponents(program, codeSpace, {
    wx: runtime.wx,
    App: (definition: AppInstance) => {
      app = definition
    },
    getApp: () => app,
    getCurrentPages: () => stack.layers().map(layer => layer.page),
    Date: createPhoneDate(options.now),
    ...runtime.timers,
  })
  runtime.life.onShow(entered => {
    safely(() => app.onShow?.(entered))
    top()?.call('onShow')
  })
  runtime.life.onHide(() => {
    top()?.call('onHide')
    safely(() => app.onHide?.())
  })

  safely(() => app.onLaunch?.(runtime.life.launchOptions))
  runtime.show()
  stack.open({ route: runtime.life.launchOptions.path, query: runtime.life.launchOptions.query })

  return {
    back: () => {
      if (stack.layers().length > 1) stack.navigate({ kind: 'navigateBack', delta: 1 })
    },
    end: () => {
      stack.clear()
      runtime.close()
    },
  }
}

const movement = { duration: 320, easing: 'cubic-bezier(0.3, 0.7, 0.1, 1)', fill: 'forwards' } as const

async function slide(element: HTMLElement, how: 'in' | 'out' | 'none'): Promise<void> {
  if (how === 'none' || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const frames = [{ transform: 'translateX(100%)' }, { transform: 'none' }]
  await element.animate(how === 'in' ? frames : frames.reverse(), movement).finished
}
