/** What a lockfile says of the packages it installs. Pure: takes the parsed `package-lock.json`, version 3. */

/** Where npm gets packages; a lockfile that names another host was made behind a mirror, or by somebody else. */
const registry = 'https://registry.npmjs.org/'

/** Sentences about entries that could be something else than what was reviewed; none when all are pinned by a hash. */
export function lockProblems(lock) {
  return outsiders(lock).flatMap(([path, { resolved, integrity }]) => {
    const problems = []
    if (resolved && !resolved.startsWith(registry)) problems.push(`${path} comes from ${new URL(resolved).host}`)
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')) problems.push(`${path} is not pinned by its SHA-512`)
    return problems
  })
}

/** Paths of entries that run a program of their own when they are installed. */
export function installers(lock) {
  return outsiders(lock)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => nameOf(path))
    .sort()
}

function outsiders({ packages }) {
  const isOurs = ({ link, resolved }) => link || resolved?.startsWith('file:')
  return Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && !isOurs(entry))
}

/**
 * What an installation of one package brings, by path in the lockfile; without what is only for its development, or
 * without its optional parts too, or without packages that are named. Peers that are not optional are installed by npm
 * as well.
 */
export function installedWith(lock, start, { optional = true, without = new Set() } = {}) {
  const found = new Map()
  const visit = path => {
    if (found.has(path)) return
    const entry = lock.packages[path]
    found.set(path, { ...entry, path, name: entry.name ?? nameOf(path), needs: [] })
    for (const name of needsOf(entry, optional && path === start)) {
      const needed = resolve(lock, path, name)
      if (needed === undefined || without.has(name)) continue
      found.get(path).needs.push(needed)
      visit(needed)
    }
  }
  visit(start)
  return [...found.values()]
}

function needsOf({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }, withOptional) {
  const peers = Object.keys(peerDependencies ?? {}).filter(name => !peerDependenciesMeta?.[name]?.optional)
  const left = withOptional ? [] : Object.keys(optionalDependencies ?? {})
  return [...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {}), ...peers].filter(
    name => !left.includes(name),
  )
}

/** As Node looks for it: beside the package, then one folder further out each time. */
function resolve({ packages }, from, name) {
  for (let folder = from; ; folder = folder.replace(/\/?(node_modules\/(@[^/]+\/)?[^/]+|[^/]+)$/, '')) {
    const entry = packages[join(folder, name)]
    if (entry) return entry.link ? entry.resolved : join(folder, name)
    if (folder === '') return undefined
  }
}

function join(folder, name) {
  return folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
}

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
