import { createComponent, type LivingComponent } from './create-component.ts'
import { callMethod, type Definition, fieldsOf, type Instance } from './definition.ts'
import { createInstance } from './instance-base.ts'
import { copyData } from './set-data.ts'

/** What was registered for a path. */
export interface Registered {
  readonly kind: 'page' | 'component'
  readonly definition: Definition
}

/** A page on the stack. */
export interface LivingPage {
  readonly path: string
  readonly instance: Instance
  load(): void
  show(): void
  ready(): void
  hide(): void
  unload(): void
}

interface PageTools {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly later: (run: () => void) => void
}

/** A page from `Page({…})`, or from `Component({…})` as uni-app makes all of its pages. */
export function createPage({ kind, definition }: Registered, tools: PageTools): LivingPage {
  return kind === 'page' ? fromPage(definition, tools) : fromComponent(definition, tools)
}

function fromPage(definition: Definition, { path, query, later }: PageTools): LivingPage {
  const instance = createInstance({ path, later, data: {}, written: () => {} })
  const { data, ...rest } = definition
  Object.assign(instance, copyData(rest), { data: copyData(fieldsOf(data)), options: query })
  return {
    path,
    instance,
    load: () => void callMethod(instance, 'onLoad', query),
    show: () => void callMethod(instance, 'onShow'),
    ready: () => void callMethod(instance, 'onReady'),
    hide: () => void callMethod(instance, 'onHide'),
    unload: () => void callMethod(instance, 'onUnload'),
  }
}

/** The page hooks are among its methods; its properties take the query. */
function fromComponent(definition: Definition, { path, query, later }: PageTools): LivingPage {
  const { instance, live, pageLive }: LivingComponent = createComponent(definition, { path, given: query, later })
  Object.assign(instance, { options: query })
  return {
    path,
    instance,
    load() {
      live('attached')
      callMethod(instance, 'onLoad', query)
    },
    show() {
      pageLive('show')
      callMethod(instance, 'onShow')
    },
    ready() {
      live('ready')
      callMethod(instance, 'onReady')
    },
    hide() {
      pageLive('hide')
      callMethod(instance, 'onHide')
    },
    unload() {
      callMethod(instance, 'onUnload')
      live('detached')
    },
  }
}
