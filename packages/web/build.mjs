/** Builds the pages that the cli serves. `node packages/web/build.mjs`; tests call {@link buildPages}. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))

/**
 * @param {{ outDir?: string }} options Default: `dist/phone` of this package.
 * @returns {Promise<string>} The folder that was written.
 */
export async function buildPages({ outDir = join(here, 'dist', 'phone') } = {}) {
  await build({
    configFile: join(here, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPages()
