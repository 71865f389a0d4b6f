/**
 * Builds what is published: `dist` (ESM), `miniprogram_dist` (CommonJS, the folder that DevTools' "build npm" copies)
 * and `dist/types`. Plain files in ES2015, because Taro's webpack runner and DevTools ship what they find in
 * node_modules; the core stays in `index.js` and what the others share in `beside.js`, so
 * that both are there once. Node built-ins, esbuild and terser only.
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
  behavior: 'src/bindings/behavior.ts',
  vue: 'src/bindings/vue.ts',
  react: 'src/bindings/react.ts',
}
/** Of the app itself, and of no use where DevTools looks for packages. */
const ofTheApp = ['vue', 'react']

/** What is an entry itself stays a file of its own, in the same folder. */
const once = {
  name: 'once',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/(index|beside)\.ts$/ }, ({ path }) => ({
      path: `./${basename(path, '.ts')}.js`,
      external: true,
    }))
  },
}

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: entries,
    outdir: join(out, 'dist'),
    write: false,
    format: 'esm',
    bundle: true,
    platform: 'neutral',
    target: 'es2015',
    conditions: ['@weapp-auth/source'],
    charset: 'utf8',
    legalComments: 'none',
    minify: true,
    plugins: [once],
    external: ofTheApp,
    logLevel: 'warning',
  })
  for (const folder of ['dist', 'miniprogram_dist']) mkdirSync(join(out, folder), { recursive: true })
  for (const { path, text: lowered } of outputFiles) {
    const text = await squeeze(lowered)
    writeFileSync(path, text)
    if (ofTheApp.includes(basename(path, '.js'))) continue
    writeFileSync(join(out, 'miniprogram_dist', basename(path)), toCommonJs(text))
  }
  writeFileSync(join(out, 'miniprogram_dist', 'package.json'), '{ "type": "commonjs" }\n')
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
    .replace(/import\{([^}]*)\}from("\.\/[^"]*");/g, (_, names, from) => {
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
}

await bundle()
types()
