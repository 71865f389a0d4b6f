/** A value as plain JSON: every object once in a table, cells point into it. */
export interface GraphJson {
  readonly root: Cell
  readonly objects: readonly Entry[]
}

/** A primitive as it is; `[n]`: entry n of the table; `[]`: undefined; `['Infinity']`. */
type Cell = string | number | boolean | null | readonly [number] | readonly [] | readonly ['Infinity']
type Entry =
  | { readonly record: Readonly<Record<string, Cell>> }
  | { readonly list: readonly Cell[] }
  | { readonly map: readonly (readonly [Cell, Cell])[] }
  | { readonly set: readonly Cell[] }
  | { readonly bytes: string }

/**
 * Writes objects, arrays, Maps, Sets and bytes with all that they hold; what two places share is written once.
 *
 * @throws TypeError for a function or anything else that is not data
 */
export function writeGraph(value: unknown): GraphJson {
  const places = new Map<object, number>()
  const objects: Entry[] = []

  function cell(one: unknown): Cell {
    if (one === undefined) return []
    if (one === Number.POSITIVE_INFINITY) return ['Infinity']
    if (one === null || typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one)) return one as Cell
    if (typeof one !== 'object') throw new TypeError(`a ${typeof one} cannot be kept as JSON`)
    return [places.get(one) ?? place(one)]
  }
  function place(one: object): number {
    const at = objects.push({ list: [] }) - 1
    places.set(one, at)
    objects[at] = entry(one)
    return at
  }
  function entry(one: object): Entry {
    if (one instanceof Map) return { map: [...one].map(([key, value]) => [cell(key), cell(value)]) }
    if (one instanceof Set) return { set: [...one].map(cell) }
    if (one instanceof Uint8Array) return { bytes: Buffer.from(one).toString('base64') }
    if (Array.isArray(one)) return { list: one.map(cell) }
    return { record: Object.fromEntries(Object.entries(one).map(([key, value]) => [key, cell(value)])) }
  }
  return { root: cell(value), objects }
}

/**
 * The inverse of {@link writeGraph}.
 *
 * @throws TypeError when it is not what {@link writeGraph} writes
 */
export function readGraph({ root, objects }: GraphJson): unknown {
  // Two passes: an entry may point to one that comes later.
  const made = objects.map(emptyOf)
  const value = (cell: Cell): unknown => {
    if (!Array.isArray(cell)) return cell
    const [at] = cell as readonly [(number | 'Infinity')?]
    if (at === undefined) return undefined
    if (at === 'Infinity') return Number.POSITIVE_INFINITY
    if (!(at in made)) throw new TypeError(`there is no object ${at}`)
    return made[at]
  }
  for (const [at, entry] of objects.entries()) fill(made[at], entry, value)
  return value(root)
}

function emptyOf(entry: Entry): object {
  if ('record' in entry) return {}
  if ('list' in entry) return []
  if ('map' in entry) return new Map()
  if ('set' in entry) return new Set()
  return new Uint8Array(Buffer.from(entry.bytes, 'base64'))
}

function fill(made: unknown, entry: Entry, value: (cell: Cell) => unknown): void {
  if (made instanceof Map && 'map' in entry) for (const [key, one] of entry.map) made.set(value(key), value(one))
  else if (made instanceof Set && 'set' in entry) for (const one of entry.set) made.add(value(one))
  else if (Array.isArray(made) && 'list' in entry) made.push(...entry.list.map(value))
  else if ('record' in entry)
    // Not an assignment: a key named __proto__ is data like any other.
    for (const [key, one] of Object.entries(entry.record))
      Object.defineProperty(made, key, { value: value(one), writable: true, enumerable: true, configurable: true })
}
