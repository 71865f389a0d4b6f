import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig, type PluginOption } from 'vite'
import { miniPrograms } from './build/mini-program-plugin.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const source = '@weapp-auth/source'

/** What a build of pages is about: `--mode phone` (the default) or `--mode console`. */
const sites = {
  phone: () => [miniPrograms({ native: { root: path('../../examples/native/miniprogram'), conditions: [source] } })],
  console: () => [],
} as const satisfies Record<string, () => PluginOption[]>

export default defineConfig(({ mode }) => ({
  root: path(`src/${siteOf(mode)}`),
  base: `/${siteOf(mode)}/`,
  publicDir: false,
  resolve: { conditions: [source, ...defaultClientConditions] },
  plugins: [
    // Typed against the Vite at the root of the workspace, which is another version than ours; it supports both.
    vue() as unknown as PluginOption,
    ...sites[siteOf(mode)](),
  ],
  // `npx vite packages/web -c packages/web/vite.config.ts` beside a running `npm start`.
  server: {
    proxy: Object.fromEntries(['/_emulator', '/dev', '/v1', '/admin'].map(path => [path, 'http://127.0.0.1:8787'])),
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
}))

function siteOf(mode: string): keyof typeof sites {
  return mode === 'console' ? 'console' : 'phone'
}
