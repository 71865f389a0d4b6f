import type { About, Route } from './route.ts'

/** The rows of one path, whose pattern is theirs, and what stood in its places. */
export interface Place {
  readonly rows: readonly Route[]
  readonly params: About['params']
}

/** Makes a function that finds the rows of a path. Of the patterns the first that fits counts; one place is one segment. */
export function createFindPlace(routes: readonly Route[]): (path: string) => Place | null {
  const fixed = new Map<string, Place>()
  const patterns: { readonly form: RegExp; readonly rows: readonly Route[] }[] = []
  for (const [path, rows] of byPath(routes)) {
    if (path.includes('{')) patterns.push({ form: formOf(path), rows })
    else fixed.set(path, { rows, params: {} })
  }

  return path => {
    const found = fixed.get(path)
    if (found) return found
    for (const { form, rows } of patterns) {
      const match = form.exec(path)
      if (match) return { rows, params: decoded(match.groups ?? {}) }
    }
    return null
  }
}

/** What stands between the host and the query of a URL, as it came. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.slice(start).search(/[?#]/)
  return end < 0 ? url.slice(start) : url.slice(start, start + end)
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const paths = new Map<string, Route[]>()
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route])
  return paths
}

function formOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

/** A place that is not well encoded is taken as it stands: it names nothing, and the handler says so. */
function decoded(places: Readonly<Record<string, string>>): About['params'] {
  return Object.fromEntries(Object.entries(places).map(([name, value]) => [name, decode(value)]))
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
