/** Puts the built client where WeChat DevTools looks for npm packages, as its "build npm" does. */
import { cpSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const built = fileURLToPath(new URL('../../packages/client/miniprogram_dist', import.meta.url))
const wanted = fileURLToPath(new URL('miniprogram/miniprogram_npm/@weapp-auth/client', import.meta.url))

if (!existsSync(built)) {
  throw new Error('先在仓库根目录执行 npm run build / run npm run build in the root of the repository first')
}
cpSync(built, wanted, { recursive: true })
