export interface PageTarget {
  /** Such as `pages/account/index`. */
  readonly route: string
  readonly query: Readonly<Record<string, string>>
}

/**
 * Reads the `url` of `wx.navigateTo` and its kin.
 *
 * @param from Route of the page that asks; a relative url starts there.
 *
 * @example
 * readPageUrl('../account/index?from=card', 'pages/index/index')
 * // { route: 'pages/account/index', query: { from: 'card' } }
 */
export function readPageUrl(url: string, from: string): PageTarget {
  const [path = '', search = ''] = url.split('?')
  const base = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  const route: string[] = []
  for (const part of [...base, ...path.split('/')]) {
    if (part === '..') route.pop()
    else if (part !== '' && part !== '.') route.push(part)
  }
  return { route: route.join('/'), query: readQuery(search) }
}

/** Values stay as they were written: WeChat does not decode them, pages call `decodeURIComponent` themselves. */
function readQuery(search: string): Record<string, string> {
  const pairs = search.split('&').filter(pair => pair !== '')
  return Object.fromEntries(pairs.map(pair => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]))
}
