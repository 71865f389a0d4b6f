/** A value whose fields are watched. */
export interface WitnessedFields {
  /** The same value; whoever reads it reads the original. */
  readonly value: unknown
  /** The fields that nobody has looked at, such as `['apps', 0, 'nmae']`; of a field that is unread, only the field itself. */
  unread(): readonly (readonly (string | number)[])[]
}

/** Watches which fields a reader looks at: what it never looks at, it does not know. */
export function witnessFields(value: unknown): WitnessedFields {
  const seen = new Map<object, Set<PropertyKey>>()
  const proxies = new WeakMap<object, object>()

  function watch(one: unknown): unknown {
    if (typeof one !== 'object' || one === null) return one
    const known = proxies.get(one)
    if (known) return known
    const reads = new Set<PropertyKey>()
    seen.set(one, reads)
    const proxy = new Proxy(one, {
      get(target, key, receiver) {
        reads.add(key)
        return watch(Reflect.get(target, key, receiver))
      },
    })
    proxies.set(one, proxy)
    return proxy
  }

  function unread(one: unknown, path: readonly (string | number)[]): readonly (readonly (string | number)[])[] {
    if (typeof one !== 'object' || one === null) return []
    const reads = seen.get(one)
    return Object.entries(one).flatMap(([key, inner]) => {
      const at = [...path, Array.isArray(one) ? Number(key) : key]
      return reads?.has(key) ? unread(inner, at) : [at]
    })
  }
  return { value: watch(value), unread: () => unread(value, []) }
}
