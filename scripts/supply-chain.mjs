/** What our packages may bring along. Pure, so that each rule has a test. */

const licences = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'])

/** Direct dependencies that an installation for production has; a package that is not named here may have as many as it needs. */
const mostDirect = { '@weapp-auth/client': 0, '@weapp-auth/protocol': 0, '@weapp-auth/server': 12 }

/** Whether one of the licences a package offers, as SPDX writes it, is one that we accept. */
export function isAllowed(licence = '') {
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some(one => licences.has(one))
}

/** Sentences about a `package.json` of ours; none when it keeps the rules. */
export function packageProblems({ name, scripts = {}, files, publishConfig, dependencies = {} }) {
  const problems = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']
    .filter(script => script in scripts)
    .map(script => `${name} has the script "${script}": an installation may run nothing of ours`)
  if (!files?.includes('dist')) problems.push(`${name} must list in "files" what it publishes`)
  if (publishConfig?.provenance !== true) problems.push(`${name} must publish with provenance`)
  const direct = Object.keys(dependencies).filter(dependency => !dependency.startsWith('@weapp-auth/'))
  const most = mostDirect[name] ?? Number.POSITIVE_INFINITY
  if (direct.length > most) problems.push(`${name} has ${direct.length} dependencies, ${most} are allowed`)
  for (const [dependency, range] of Object.entries(dependencies))
    if (!/^\d+\.\d+\.\d+$/.test(range)) problems.push(`${name} must pin ${dependency} to one version`)
  return problems
}

/** What differs between the list that was reviewed and what is installed now, as sentences. */
export function changes(reviewed, present) {
  const problems = []
  for (const [name, list] of Object.entries(present)) {
    const before = reviewed[name] ?? []
    for (const one of list) if (!before.includes(one)) problems.push(`${name} now installs ${one}`)
    for (const one of before) if (!list.includes(one)) problems.push(`${name} does not install ${one} any more`)
  }
  for (const name of Object.keys(reviewed)) if (!present[name]) problems.push(`${name} is not one of ours any more`)
  return problems
}

/** A software bill of materials in CycloneDX 1.6 of what an installation brings; the first component is the root. */
export function bomOf([root, ...components], madeAt) {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: madeAt, lifecycles: [{ phase: 'pre-build' }], component: componentOf(root) },
    components: components.map(componentOf),
    dependencies: [root, ...components].map(({ path, needs }) => ({
      ref: path,
      dependsOn: [...new Set(needs)].sort(),
    })),
  }
}

function componentOf({ path, name, version, license, integrity }) {
  const [, group, short = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? []
  const hash = integrity && Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
  return {
    type: 'library',
    'bom-ref': path,
    ...(group && { group }),
    name: short,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...(hash && { hashes: [{ alg: 'SHA-512', content: hash }] }),
    licenses: [license.includes(' ') ? { expression: license } : { license: { id: license } }],
  }
}

/** What is wrong with a bill of materials: references that lead nowhere, components that could be anything. */
export function bomProblems({ bomFormat, specVersion, metadata, components, dependencies }) {
  const all = [metadata.component, ...components]
  const refs = new Set(all.map(one => one['bom-ref']))
  const problems = bomFormat === 'CycloneDX' && specVersion === '1.6' ? [] : ['it is not CycloneDX 1.6']
  if (refs.size !== all.length) problems.push('two components share a reference')
  for (const { ref, dependsOn } of dependencies)
    for (const one of [ref, ...dependsOn]) if (!refs.has(one)) problems.push(`${ref} names ${one}, which is not there`)
  for (const { name, version, purl, licenses } of all)
    if (!version || !purl.startsWith('pkg:npm/') || licenses.length === 0) problems.push(`${name} is not described`)
  return problems
}
