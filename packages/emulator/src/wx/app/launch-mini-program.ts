import type { PhoneEventDetail } from '../../types.ts'
import type { ButtonEvent, TapOptions } from '../buttons.ts'
import type { WxRuntime } from '../runtime.ts'
import { createComponent, type LivingComponent } from './create-component.ts'
import type { LivingPage, Registered } from './create-page.ts'
import { callMethod, type Definition, fieldsOf, type Instance } from './definition.ts'
import { type CompileScript, candidates, createModules, joinPath, type ScriptFiles } from './modules.ts'
import { createPageStack } from './page-stack.ts'
import { type EventSource, type PlainEvent, plainEvent } from './plain-event.ts'

/** What the scripts of a mini program find as globals besides `wx`. */
export interface LogicGlobals {
  App(definition: Definition): void
  Page(definition: Definition): void
  Component(definition: Definition): void
  Behavior(definition: Definition): Definition
  getApp(): unknown
  getCurrentPages(): unknown[]
}

export interface LaunchOptions {
  /** All files of the built mini program, scripts and JSON, by path from its root: `app.js`, `app.json`, … */
  readonly files: ScriptFiles
  readonly runtime: WxRuntime
  /** Makes the globals known to the scripts, and turns scripts into functions. */
  readonly host: (globals: LogicGlobals) => CompileScript
}

/** A button as its template has it. */
interface TappedButton extends EventSource, TapOptions {
  /** Default: none, only `tap` follows. */
  readonly openType?: string
  /** Handlers by event: `{ tap: 'onTap', getphonenumber: 'onPhone' }`. */
  readonly bind?: Readonly<Record<string, string>>
  /** The component whose template has the button. Default: the page that is seen. */
  readonly component?: MountedComponent
}

/** A component as a template has it. */
export interface ComponentPlace extends EventSource {
  readonly properties?: Definition
  /** Handlers by event; looked up when it is triggered. */
  readonly bind?: Readonly<Record<string, string>>
  /** The component whose template has this one. Default: the page that is seen. */
  readonly component?: MountedComponent
}

/** A component that was placed on a page. */
export interface MountedComponent extends LivingComponent {
  /** Calls a handler of the component, as `MiniProgram.dispatch` does with the page. */
  dispatch(handler: string, type: string, detail?: unknown, source?: EventSource): unknown
  /** Takes it from the page: it is detached, and what its buttons bring later finds nobody. */
  unmount(): void
}

/** A mini program that runs without a screen. */
export interface MiniProgram {
  /** The object given to `App`. */
  readonly app: unknown
  /** From the bottom to the page that is seen. */
  readonly pages: readonly Instance[]
  /** The page that is seen. */
  readonly page: Instance
  /** Calls a handler of the page that is seen, by its name in the page, with a plain event. Answers what it answers. */
  dispatch(handler: string, type: string, detail?: unknown, source?: EventSource): unknown
  /**
   * Taps a button: the handler bound to `tap`, then what its `open-type` brings. Answers the events that followed; the
   * ones without a handler too.
   */
  tap(button: TappedButton): Promise<readonly ButtonEvent[]>
  /** Taps a phone button: the sheet, the decision, then the handler. Answers the `detail`. */
  tapPhoneButton(handler: string, source?: EventSource): Promise<PhoneEventDetail>
  /**
   * A component on the page that is seen, attached and ready; its path is one of {@link MiniProgram.components}. There
   * are no templates here: who reads one knows where it stands.
   */
  mount(path: string, place?: ComponentPlace): MountedComponent
  /** Paths of the components that a page or component may place, by tag. */
  components(path: string): Readonly<Record<string, string>>
}

/**
 * Runs the logic layer of a built mini program: `App`, pages, life cycle. Errors of its scripts come out as they are.
 */
export function launchMiniProgram({ files, runtime, host }: LaunchOptions): MiniProgram {
  const { wx, life, now } = runtime
  const registered = new Map<string, Registered>()
  const launchedAt = now()
  let loading = 'app'
  let app: Definition = {}

  // A framework calls Page from inside its own file, so what counts is which file WeChat is loading.
  const register = (kind: Registered['kind']) => (definition: Definition) =>
    void registered.set(loading, { kind, definition })
  const globals: LogicGlobals = {
    App(definition) {
      app = definition
    },
    Page: register('page'),
    Component: register('component'),
    Behavior: definition => definition,
    getApp: () => app,
    getCurrentPages: () => stack.pages.map(page => page.instance),
  }
  const config = fieldsOf(readJson(files, 'app.json'))
  const tabs = listOf(fieldsOf(config.tabBar).list).map(tab => String(fieldsOf(tab).pagePath))
  const stack = createPageStack({
    find: path => registered.get(path),
    isTab: path => tabs.includes(path),
    later: life.whenAwake,
    viewed: runtime.pageViewed,
  })
  const load = createModules(files, host(globals))

  function loadFile(path: string): void {
    if (registered.has(path)) return
    loading = path
    load(`${path}.js`)
    for (const component of Object.values(componentsOf(files, path)))
      if (`${component}.js` in files) loadFile(component)
  }

  function seen() {
    const page = stack.pages.at(-1)
    if (!page) throw new Error('no page is open')
    return page
  }

  runtime.navigateWith(stack.move)
  load('app.js')
  const routes = listOf(config.pages).map(String)
  for (const route of routes) loadFile(route)
  callMethod(app, 'onLaunch', life.launchOptions)
  wx.onAppShow(options => {
    callMethod(app, 'onShow', options)
    stack.pages.at(-1)?.show()
  })
  wx.onAppHide(() => {
    stack.pages.at(-1)?.hide()
    callMethod(app, 'onHide')
  })
  runtime.show()
  const [first = ''] = routes
  stack.move({ kind: 'reLaunch', url: life.launchOptions.path === '' ? `/${first}` : life.launchOptions.path })

  type Owner = Pick<LivingPage, 'instance' | 'path'>
  function dispatchTo(owner: Owner, handler: string, type: string, detail: unknown, source: EventSource): unknown {
    const { instance, path } = owner
    if (typeof instance[handler] !== 'function')
      throw new Error(`Component "${path}" does not have a method "${handler}" to handle event "${type}".`)
    const event: PlainEvent = plainEvent(type, detail, source, now() - launchedAt)
    return callMethod(instance, handler, event)
  }

  /** Events for the page that is seen now, until it is left: what its buttons bring later finds nobody then. */
  function listeningPage(): (handler: string, type: string, detail: unknown, source?: EventSource) => void {
    const page = seen()
    return (handler, type, detail, source = {}) => {
      if (stack.pages.includes(page)) dispatchTo(page, handler, type, detail, source)
    }
  }

  return {
    app,
    get pages() {
      return stack.pages.map(page => page.instance)
    },
    get page() {
      return seen().instance
    },
    dispatch: (handler, type, detail = {}, source = {}) => dispatchTo(seen(), handler, type, detail, source),
    tap({ openType, bind = {}, component, ...button }) {
      const dispatch = component?.dispatch ?? listeningPage()
      const tell = (type: string, detail: unknown) => {
        const handler = bind[type]
        if (handler !== undefined) dispatch(handler, type, detail, button)
      }
      runtime.inTap(() => tell('tap', {}))
      return openType === undefined
        ? Promise.resolve([])
        : runtime.tap(openType, button, ({ type, detail }) => tell(type, detail))
    },
    async tapPhoneButton(handler, source) {
      const dispatch = listeningPage()
      const detail = await runtime.tapPhoneButton()
      dispatch(handler, 'getphonenumber', detail, source)
      return detail
    },
    mount(path, { properties = {}, bind = {}, component: parent, ...source } = {}) {
      const found = registered.get(path)
      if (!found) throw new Error(`no component was registered for "${path}"`)
      const dispatch = parent?.dispatch ?? listeningPage()
      const component = createComponent(found.definition, {
        path,
        given: properties,
        later: life.whenAwake,
        triggered(name, detail) {
          const handler = bind[name]
          if (handler) dispatch(handler, name, detail, source)
        },
      })
      let mounted = true
      component.live('attached')
      component.live('ready')
      return {
        ...component,
        dispatch(handler, type, detail = {}, source = {}) {
          return mounted ? dispatchTo({ ...component, path }, handler, type, detail, source) : undefined
        },
        unmount() {
          mounted = false
          component.live('detached')
        },
      }
    },
    components: path => componentsOf(files, path),
  }
}

/** Paths of `usingComponents` by tag: relative to the file, from the root, or in a package. */
function componentsOf(files: ScriptFiles, path: string): Readonly<Record<string, string>> {
  const own = fieldsOf(fieldsOf(readJson(files, `${path}.json`)).usingComponents)
  const everywhere = fieldsOf(fieldsOf(readJson(files, 'app.json')).usingComponents)
  const found = (request: string, from: string) => {
    const script = candidates(from, request).find(file => file.endsWith('.js') && file in files)
    return (
      script?.replace(/\.js$/, '') ?? joinPath(request.startsWith('/') ? [] : from.split('/').slice(0, -1), request)
    )
  }
  return Object.fromEntries([
    ...Object.entries(everywhere).map(([tag, request]) => [tag, found(String(request), 'app')]),
    ...Object.entries(own).map(([tag, request]) => [tag, found(String(request), path)]),
  ])
}

function readJson(files: ScriptFiles, path: string): unknown {
  const text = files[path]
  if (text === undefined) return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error })
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
