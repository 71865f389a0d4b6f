/** Builds the pages that the cli serves, and the compile step and the host for others. `node packages/web/build.mjs`. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle } from 'esbuild'
import { build } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))

/** The console is served in production, where this package is not installed: it lies with the command line. */
const folders = { phone: join(here, 'dist', 'phone'), console: join(here, '..', 'cli', 'dist', 'console') }

/**
 * @param {{ site?: 'phone' | 'console', outDir?: string }} options Default: the phone, to `dist/phone` of this package.
 * @returns {Promise<string>} The folder that was written.
 */
export async function buildPages({ site = 'phone', outDir = folders[site] } = {}) {
  await build({
    configFile: join(here, 'vite.config.ts'),
    mode: site,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}

/** `@weapp-auth/web/compile` for Node, `@weapp-auth/web/host` for browsers. */
async function buildParts() {
  /** @type {import('esbuild').BuildOptions} */
  const common = { absWorkingDir: here, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' }
  await bundle({
    ...common,
    entryPoints: { compile: 'build/index.ts' },
    outdir: 'dist',
    platform: 'node',
    packages: 'external',
  })
  await bundle({
    ...common,
    entryPoints: { host: 'src/phone/mini-program/index.ts' },
    outdir: 'dist',
    conditions: ['@weapp-auth/source'],
    loader: { '.wxss': 'text' },
    plugins: [rawQuery],
    minify: true,
  })
}

/**
 * Vite's `?raw`: the file as a text.
 *
 * @type {import('esbuild').Plugin}
 */
const rawQuery = {
  name: 'raw-query',
  setup({ onResolve }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path.slice(0, -4)) }))
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPages()
  await buildPages({ site: 'console' })
  await buildParts()
}
