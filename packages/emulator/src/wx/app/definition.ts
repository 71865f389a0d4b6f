/** What a mini program hands to `App`, `Page`, `Component` or `Behavior`; not to be trusted in any field. */
export type Definition = Readonly<Record<string, unknown>>

/** A living App, page or component: `this` of the developer's functions. */
export type Instance = Record<string, unknown> & { data: Record<string, unknown> }

export type Method = (this: unknown, ...args: unknown[]) => unknown

export function fieldsOf(value: unknown): Definition {
  return typeof value === 'object' && value !== null ? (value as Definition) : {}
}

export function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

/** Calls the method of this name, if there is one. */
export function callMethod(instance: Readonly<Record<string, unknown>>, name: string, ...args: unknown[]): unknown {
  const method = instance[name]
  return isMethod(method) ? method.apply(instance, args) : undefined
}
