type Key = string | number
type Fields = Record<Key, unknown>

/**
 * Writes `values` into `data` as `setData` does: keys are paths such as `a[0].b`, and Taro's `root.cn.[0].v`. Values are
 * copied, because the real ones travel to another thread. Answers the keys of the first level that changed.
 */
export function writeData(data: Fields, values: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const changed = new Set<string>()
  for (const [path, value] of Object.entries(values)) {
    const keys = parsePath(path)
    writeAt(data, keys, copyData(value))
    changed.add(String(keys[0]))
  }
  return changed
}

/** @throws Error when the path is not one, such as `a[x]` */
export function parsePath(path: string): readonly Key[] {
  const keys: Key[] = []
  const rest = path.replace(/\[(\d+)\]|([^.[\]]+)|\./g, (_, index?: string, name?: string) => {
    if (index !== undefined) keys.push(Number(index))
    else if (name !== undefined) keys.push(name)
    return ''
  })
  if (rest !== '' || keys.length === 0) throw new Error(`setData: "${path}" is not a path`)
  return keys
}

/** The value at a path; undefined where the way ends early. */
export function readAt(data: unknown, keys: readonly Key[]): unknown {
  return keys.reduce<unknown>((at, key) => (at as Fields | null | undefined)?.[key], data)
}

function writeAt(data: Fields, keys: readonly Key[], value: unknown): void {
  const [key = '', next, ...rest] = keys
  if (next === undefined) {
    data[key] = value
    return
  }
  const inside = data[key]
  const fits = typeof next === 'number' ? Array.isArray(inside) : typeof inside === 'object' && inside !== null
  if (!fits) data[key] = typeof next === 'number' ? [] : {}
  writeAt(data[key] as Fields, [next, ...rest], value)
}

/** A copy of arrays and plain objects, each in the realm it came from; anything else stays itself. */
export function copyData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyData)
  if (!isPlainObject(value)) return value
  const copy = Object.create(Object.getPrototypeOf(value)) as Fields
  for (const [key, inside] of Object.entries(value)) copy[key] = copyData(inside)
  return copy
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
