import { type Definition, fieldsOf, isMethod, type Method } from './definition.ts'

interface Property {
  readonly initial: unknown
  /** `observer` of the property: a function, or the name of a method. */
  readonly observer: Method | string | undefined
}

/** A component with its behaviors worked in. */
export interface ComponentPlan {
  readonly properties: Readonly<Record<string, Property>>
  readonly data: Definition
  readonly methods: Readonly<Record<string, Method>>
  /** Each life time with its functions, those of behaviors first. */
  readonly lifetimes: Readonly<Record<string, readonly Method[]>>
  readonly pageLifetimes: Readonly<Record<string, readonly Method[]>>
  readonly observers: readonly { readonly fields: readonly string[]; readonly run: Method }[]
}

const LIFETIMES = ['created', 'attached', 'ready', 'moved', 'detached', 'error']
const PAGE_LIFETIMES = ['show', 'hide', 'resize']

/** Works behaviors, properties, life times and observers of a `Component({…})` into one plan; the component's own win. */
export function planComponent(definition: Definition): ComponentPlan {
  const behaviors = listOf(definition.behaviors).map(behavior => planComponent(fieldsOf(behavior)))
  const own: ComponentPlan = {
    properties: propertiesOf(definition.properties),
    data: fieldsOf(definition.data),
    methods: methodsOf(definition.methods),
    lifetimes: hooksOf(LIFETIMES, { ...definition, ...fieldsOf(definition.lifetimes) }),
    pageLifetimes: hooksOf(PAGE_LIFETIMES, fieldsOf(definition.pageLifetimes)),
    observers: Object.entries(methodsOf(definition.observers)).map(([fields, run]) => ({
      fields: fields.split(',').map(field => field.trim()),
      run,
    })),
  }
  return [...behaviors, own].reduce(merge)
}

function merge(first: ComponentPlan, second: ComponentPlan): ComponentPlan {
  return {
    properties: { ...first.properties, ...second.properties },
    data: { ...first.data, ...second.data },
    methods: { ...first.methods, ...second.methods },
    lifetimes: mergeHooks(first.lifetimes, second.lifetimes),
    pageLifetimes: mergeHooks(first.pageLifetimes, second.pageLifetimes),
    observers: [...first.observers, ...second.observers],
  }
}

type Hooks = ComponentPlan['lifetimes']

function mergeHooks(first: Hooks, second: Hooks): Hooks {
  const names = new Set([...Object.keys(first), ...Object.keys(second)])
  return Object.fromEntries(Array.from(names, name => [name, [...(first[name] ?? []), ...(second[name] ?? [])]]))
}

function hooksOf(names: readonly string[], given: Definition): Hooks {
  return Object.fromEntries(names.map(name => [name, [given[name]].filter(isMethod)]))
}

function methodsOf(value: unknown): Readonly<Record<string, Method>> {
  const methods = Object.entries(fieldsOf(value)).filter((entry): entry is [string, Method] => isMethod(entry[1]))
  return Object.fromEntries(methods)
}

function propertiesOf(value: unknown): Readonly<Record<string, Property>> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, given]) => [name, propertyOf(given)]))
}

/** `String`, or `{ type: String, value: 'x', observer }`; without a value the type decides what it starts as. */
function propertyOf(given: unknown): Property {
  const { type, value, observer } = typeof given === 'function' ? { type: given } : fieldsOf(given)
  return {
    initial: value === undefined ? emptyOf(type) : value,
    observer: isMethod(observer) || typeof observer === 'string' ? observer : undefined,
  }
}

/** By name: the types come from the realm of the mini program. */
function emptyOf(type: unknown): unknown {
  switch (isMethod(type) ? type.name : '') {
    case 'String':
      return ''
    case 'Number':
      return 0
    case 'Boolean':
      return false
    case 'Array':
      return []
    default:
      return null
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
