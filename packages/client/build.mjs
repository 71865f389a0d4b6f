/**
 * Builds what is published: `dist` (ESM), `miniprogram_dist` (CommonJS, the folder that DevTools' "build npm" copies)
 * and `dist/types`, once more as of CommonJS. Plain files in ES2015, because Taro's webpack runner and DevTools ship what they find in
 * node_modules. The core stays in `index.js` and what the others share in `beside.js`, so that both are there once.
 * Node built-ins, esbuild and terser only.
 *
 * node build.mjs [folder]   default: this package; types come from the declarations that `tsc -b` has written before.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { minify } from 'terser'

const here = dirname(fileURLToPath(import.meta.url))
const out = process.argv[2] ?? here
const entries = {
  index: 'src/index.ts',
  beside: 'src/beside.ts',
  wx: 'src/platforms/wx.ts',
  uni: 'src/platforms/uni.ts',
  taro: 'src/platforms/taro.ts',
  consent: 'src/consent/create-consent.ts',
  profile: 'src/profile/create-profile.ts',
  sms: 'src/sms/create-sms.ts',
  merge: 'src/merge/create-merge.ts',
  funnel: 'src/funnel/report-funnel.ts',
  phone: 'src/bindings/phone-button.ts',
  behavior: 'src/bindings/behavior.ts',
  vue: 'src/bindings/vue.ts',
  react: 'src/bindings/react.ts',
  'taro-react': 'src/components/taro/react.ts',
}
/** The app has its own. */
const ofTheApp = ['vue', 'react', '@tarojs/components']
/** Of no use where DevTools looks for packages. */
const notForDevTools = ['vue', 'react', 'taro-react']

/** Components of native mini programs: a folder each, with what DevTools wants beside the script. */
const components = ['phone-button', 'avatar-button', 'nickname-input']

/** What is an entry itself stays a file of its own, so that it is there once. */
const once = up => ({
  name: 'once',
  setup({ onResolve }) {
    const names = new Map(Object.entries(entries).map(([name, path]) => [join(here, path), name]))
    onResolve({ filter: /^\.\.?\// }, ({ path, importer }) => {
      const name = names.get(join(dirname(importer), path))
      return name && { path: `${up}${name}.js`, external: true }
    })
  },
})

/** Each entry as one ES module in ES2015, by its name. */
async function bundle(entryPoints, up) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints,
    outdir: here,
    write: false,
    format: 'esm',
    bundle: true,
    platform: 'neutral',
    target: 'es2015',
    conditions: ['@weapp-auth/source'],
    charset: 'utf8',
    legalComments: 'none',
    minify: true,
    plugins: [once(up)],
    external: ofTheApp,
    logLevel: 'warning',
  })
  const texts = await Promise.all(outputFiles.map(({ text }) => squeeze(text)))
  return outputFiles.map(({ path }, at) => [basename(path), texts[at]])
}

async function scripts() {
  for (const folder of ['dist', 'miniprogram_dist']) mkdirSync(join(out, folder), { recursive: true })
  for (const [name, text] of await bundle(entries, './')) {
    writeFileSync(join(out, 'dist', name), text)
    if (!notForDevTools.includes(basename(name, '.js')))
      writeFileSync(join(out, 'miniprogram_dist', name), toCommonJs(text))
  }
  writeFileSync(join(out, 'miniprogram_dist', 'package.json'), '{ "type": "commonjs" }\n')
}

async function nativeComponents() {
  const sources = Object.fromEntries(components.map(name => [name, `src/components/${name}/${name}.ts`]))
  const target = join(out, 'miniprogram_dist', 'components')
  rmSync(target, { recursive: true, force: true })
  for (const [file, text] of await bundle(sources, '../../')) {
    const folder = basename(file, '.js')
    const source = ending => join(here, 'src', 'components', folder, `${folder}.${ending}`)
    mkdirSync(join(target, folder), { recursive: true })
    for (const [from, to] of [
      ['json', 'json'],
      ['wxml', 'wxml'],
      ['css', 'wxss'],
    ])
      cpSync(source(from), join(target, folder, `${folder}.${to}`))
    writeFileSync(join(target, folder, file), toCommonJs(text))
  }
}

/** One sheet for Taro, with pixels in capitals: those it leaves alone ("postcss-pxtransform"). */
function style() {
  const sheets = components.map(name => readFileSync(join(here, 'src', 'components', name, `${name}.css`), 'utf8'))
  writeFileSync(join(out, 'dist', 'style.css'), sheets.join('\n').replace(/(\d)px\b/g, '$1PX'))
}

/** Terser finds a twentieth more than esbuild alone; in the main package of a mini program every byte counts. */
async function squeeze(text) {
  const compress = { ecma: 2015, passes: 3, pure_getters: true }
  const { code } = await minify(text, { module: true, ecma: 2015, compress })
  return code
}

/** esbuild's own CommonJS wrapper would be a fifth of `wx.js`; its ESM output has one form of import and of export. */
function toCommonJs(text) {
  const pairs = (names, write) => names.split(',').map(name => write(...name.split(' as ')))
  const code = text
    .replace(/import\{([^}]*)\}from("\.[^"]*");/g, (_, names, from) => {
      const bound = pairs(names, (imported, local = imported) => `${imported}:${local}`)
      return `const{${bound}}=require(${from});`
    })
    .replace(/export\{([^}]*)\};\s*$/, (_, names) =>
      pairs(names, (local, exported = local) => `exports.${exported}=${local};`).join(''),
    )
  if (/(^|[;}])(import|export)\b/.test(code))
    throw new Error('a form of import or export that toCommonJs does not know')
  return code
}

/** Makes the declarations stand alone: `@weapp-auth/protocol` is not installed where this package is. */
function types() {
  const declarations = join(here, 'dist', 'declarations')
  const protocol = join(here, '..', 'protocol', 'dist')
  const target = join(out, 'dist', 'types')
  rmSync(target, { recursive: true, force: true })
  if (!existsSync(join(declarations, 'index.d.ts'))) return
  const isDeclaration = path => !/\.(map|tsbuildinfo|js)$/.test(path)
  cpSync(declarations, target, { recursive: true, filter: isDeclaration })
  cpSync(join(protocol, 'contract'), join(target, 'contract'), { recursive: true, filter: isDeclaration })
  cpSync(join(protocol, 'wechat', 'identify-failure.d.ts'), join(target, 'identify-failure.d.ts'))
  const homes = {
    '@weapp-auth/protocol/contract': 'contract/index.js',
    '@weapp-auth/protocol/identify-failure': 'identify-failure.js',
  }
  for (const path of readdirSync(target, { recursive: true })) {
    if (!path.endsWith('.d.ts')) continue
    const up =
      relative(dirname(join(target, path)), target)
        .split(sep)
        .join('/') || '.'
    const text = readFileSync(join(target, path), 'utf8')
      .replace(/^\/\/# sourceMappingURL=.*\n?/m, '')
      .replace(/(['"])(@weapp-auth\/[^'"]+)\1/g, (_, quote, name) => `${quote}${up}/${homes[name]}${quote}`)
      .replace(/((?:from|import\() ?['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2')
    writeFileSync(join(target, path), text)
  }
  typesOfCommonJs(target)
}

/** To TypeScript a declaration is of the kind that the nearest package.json says, so who uses `require` needs copies. */
function typesOfCommonJs(types) {
  const target = join(out, 'dist', 'types-commonjs')
  rmSync(target, { recursive: true, force: true })
  cpSync(types, target, { recursive: true })
  writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n')
}

await scripts()
await nativeComponents()
style()
types()
