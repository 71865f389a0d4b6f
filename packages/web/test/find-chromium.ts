import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * The path of a Chromium: `CHROMIUM_PATH`, an installed one, or the one that playwright installs.
 *
 * @throws Error that says in both languages how to install one.
 */
export function findChromium(): string {
  const found = [process.env.CHROMIUM_PATH, ...places, chromium.executablePath()].find(path => path && existsSync(path))
  if (found) return found
  throw new Error(
    '没有找到 Chromium。Debian/Ubuntu：apt-get install chromium；其他系统：npx playwright-core install chromium；也可以用 CHROMIUM_PATH 指定路径。\n' +
      'Chromium was not found. Debian/Ubuntu: apt-get install chromium; elsewhere: npx playwright-core install chromium; or name its path in CHROMIUM_PATH.',
  )
}
