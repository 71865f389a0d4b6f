import { planComponent } from './component-definition.ts'
import { createComponent, type LivingComponent } from './create-component.ts'
import { callMethod, type Definition, fieldsOf, type Instance, type Method } from './definition.ts'
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

/** Its behaviors (2.9.2) bring data and methods of theirs, and live as those of a component do. */
function fromPage(definition: Definition, { path, query, later }: PageTools): LivingPage {
  const instance = createInstance({ path, later, data: {}, written: () => {} })
  const { data, behaviors, ...rest } = definition
  const plan = planComponent({ behaviors })
  const ownData = { ...fieldsOf(copyData(plan.data)), ...fieldsOf(copyData(data)) }
  Object.assign(instance, plan.methods, copyData(rest), { data: ownData, options: query, route: path })
  const run = (methods: readonly Method[] | undefined) => {
    for (const method of methods ?? []) method.call(instance)
  }
  run(plan.lifetimes.created)
  return {
    path,
    instance,
    load() {
      run(plan.lifetimes.attached)
      callMethod(instance, 'onLoad', query)
    },
    show() {
      run(plan.pageLifetimes.show)
      callMethod(instance, 'onShow')
    },
    ready() {
      run(plan.lifetimes.ready)
      callMethod(instance, 'onReady')
    },
    hide() {
      run(plan.pageLifetimes.hide)
      callMethod(instance, 'onHide')
    },
    unload() {
      callMethod(instance, 'onUnload')
      run(plan.lifetimes.detached)
    },
  }
}

/** The page hooks are among its methods; its properties take the query. */
function fromComponent(definition: Definition, { path, query, later }: PageTools): LivingPage {
  const { instance, live, pageLive }: LivingComponent = createComponent(definition, { path, given: query, later })
  Object.assign(instance, { options: query, route: path })
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
