/** Finds a Chromium for the tests of pages, or installs one: Debian's package, elsewhere playwright's own. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root, say } from './bootstrap.mjs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The path of a Chromium that can be started, or `null`. `CHROMIUM_PATH` comes first. */
export function findChromium(env = process.env) {
  const candidates = [env.CHROMIUM_PATH, ...places, chromium.executablePath()]
  return candidates.find(path => path && existsSync(path)) ?? null
}

/** As {@link findChromium}, and installs one when there is none; `null` when that fails as well. */
export function ensureChromium() {
  const found = findChromium()
  if (found) return found
  say('没有找到 Chromium，正在安装 / no Chromium found, installing one')
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    // What it recommends is for desktops, a third of what would come. A font it does not bring: without one, Chinese
    // is drawn as empty boxes.
    const packages = ['chromium', 'fonts-wqy-zenhei']
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } else {
    spawnSync(process.execPath, [join(root, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'], {
      stdio: 'inherit',
    })
  }
  const installed = findChromium()
  if (!installed) {
    console.error(
      '无法安装 Chromium。请自行安装（Debian：apt-get install chromium fonts-wqy-zenhei），或用 CHROMIUM_PATH 指定路径。\n' +
        'Chromium could not be installed. Install it (Debian: apt-get install chromium fonts-wqy-zenhei) or name its path in CHROMIUM_PATH.',
    )
  }
  return installed
}
