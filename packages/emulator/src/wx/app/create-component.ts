import { type ComponentPlan, planComponent } from './component-definition.ts'
import { callMethod, type Definition, type Instance, isMethod, type Method } from './definition.ts'
import { createInstance } from './instance-base.ts'
import { copyData, parsePath, readAt } from './set-data.ts'

/** A component, or a page that was made with `Component`. */
export interface LivingComponent {
  readonly instance: Instance
  /** Runs the functions of a life time such as `attached`. */
  live(lifetime: string, ...args: unknown[]): void
  /** Runs the functions of a page life time: `show`, `hide`. */
  pageLive(lifetime: string): void
}

interface ComponentTools {
  readonly path: string
  /** Values of its properties. */
  readonly given: Definition
  readonly later: (run: () => void) => void
  /** Where `triggerEvent` goes. */
  readonly triggered?: (name: string, detail: unknown) => void
}

/** Makes an instance and runs its `created`; who attaches it says so through `live`. */
export function createComponent(definition: Definition, tools: ComponentTools): LivingComponent {
  const plan = planComponent(definition)
  const before: Record<string, unknown> = {}
  const instance = createInstance({
    path: tools.path,
    later: tools.later,
    data: { ...initialData(plan), ...pick(tools.given, plan.properties) },
    written: (written, changed) => {
      observe(plan, written, changed)
      observeProperties(plan, written, changed, before)
    },
  })
  Object.assign(before, instance.data)
  Object.assign(instance, plan.methods, {
    triggerEvent: (name: string, detail: unknown = {}) => tools.triggered?.(name, detail),
  })
  // `this.properties` and `this.data` are two names of one thing.
  Object.defineProperty(instance, 'properties', { get: () => instance.data, enumerable: true, configurable: true })
  const run = (methods: readonly Method[] | undefined, args: unknown[]) => {
    for (const method of methods ?? []) method.apply(instance, args)
  }
  run(plan.lifetimes.created, [])
  return {
    instance,
    live: (lifetime, ...args) => run(plan.lifetimes[lifetime], args),
    pageLive: lifetime => run(plan.pageLifetimes[lifetime], []),
  }
}

function initialData({ properties, data }: ComponentPlan): Record<string, unknown> {
  const initial = Object.entries(properties).map(([name, property]) => [name, copyData(property.initial)])
  return { ...Object.fromEntries(initial), ...(copyData(data) as Definition) }
}

function pick(given: Definition, properties: ComponentPlan['properties']): Definition {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in properties))
}

/** `observers`: run when one of their fields, or something inside it, was written. */
function observe({ observers }: ComponentPlan, instance: Instance, changed: ReadonlySet<string>): void {
  for (const { fields, run } of observers) {
    const paths = fields.map(field => (field === '**' ? [] : parsePath(field.replace(/\.\*\*$/, ''))))
    if (paths.some(path => path.length === 0 || changed.has(String(path[0]))))
      run.apply(
        instance,
        paths.map(path => readAt(instance.data, path)),
      )
  }
}

function observeProperties(
  { properties }: ComponentPlan,
  instance: Instance,
  changed: ReadonlySet<string>,
  before: Record<string, unknown>,
): void {
  for (const name of changed) {
    const [now, then] = [instance.data[name], before[name]]
    before[name] = now
    const observer = properties[name]?.observer
    if (observer === undefined || now === then) continue
    if (isMethod(observer)) observer.call(instance, now, then)
    else callMethod(instance, observer, now, then)
  }
}
