import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoApp, demoPeople } from 'weapp-auth'
import { seriousFindings } from './axe.ts'
import { type ConsolePage, joinAsFirst, startConsole } from './open-console.ts'

const slow = { timeout: 240_000 }
const many = 100_000
let system: Awaited<ReturnType<typeof startConsole>>
let operator: ConsolePage

/** Ids as the server makes them: in the order of time, so the last is the newest. */
const idOf = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const openIdOf = (n: number) => `many-${n}`

/** Rows as a first login leaves them, without session and number; their keys are of nobody and open nothing. */
function fill(file: string): void {
  const database = new Database(file)
  const user = database.prepare('INSERT INTO "user" (id, wrapped_key, created_at) VALUES (?, ?, ?)')
  const identity = database.prepare('INSERT INTO identity (app_id, open_id, user_id) VALUES (?, ?, ?)')
  const key = Buffer.alloc(61)
  database.transaction(() => {
    for (let n = 1; n <= many; n += 1) {
      user.run(idOf(n), key, 1_790_000_000_000 + n)
      identity.run(demoApp.appId, openIdOf(n), idOf(n))
    }
  })()
  database.close()
}

beforeAll(async () => {
  system = await startConsole()
  fill(join(system.folder, 'data', 'weapp-auth.sqlite'))
  operator = await system.open({ viewport: { width: 1280, height: 900 } })
  await joinAsFirst(operator, system.dev.invitation)
}, 240_000)
afterAll(() => system?.close())

/** Prints how long it took until the page could be used; a slow machine is no failure. */
async function timed(what: string, act: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await act()
  process.stdout.write(`${what}: ${Math.round(performance.now() - began)} ms with ${many.toLocaleString('en')} users\n`)
}

test('a hundred thousand users are listed page by page, found by openid, and opened', slow, async () => {
  const { page, url, complaints } = operator
  const rows = page.locator('tbody tr')
  const shown = (count: number) => rows.nth(count - 1).waitFor()
  await timed('list', async () => {
    await page.goto(`${url}/console/users`)
    await shown(100)
  })
  for (const count of [200, 300])
    await timed(`rows up to ${count}`, async () => {
      await page.getByRole('button', { name: '再显示一些' }).click()
      await shown(count)
    })
  expect(new Set(await rows.locator('a').allTextContents()).size).toBe(300)
  expect(await seriousFindings(page)).toEqual([])

  const sought = 41_007
  await page.getByRole('searchbox').fill(openIdOf(sought))
  await timed('search by openid', async () => {
    await page.getByRole('button', { name: '查找' }).click()
    await rows.nth(1).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: idOf(sought) }).waitFor()
  })
  await timed('page of a user', async () => {
    await page.getByRole('link', { name: idOf(sought) }).click()
    await page.getByText(openIdOf(sought)).waitFor()
  })
  expect(await seriousFindings(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a number finds its user among them', slow, async () => {
  const { page, url } = operator
  const { dev } = system
  const phone = dev.emulator.wx('lin', demoApp.appId)
  const { code } = (await phone.wx.login()) as { readonly code: string }
  const tapped = await phone.tapPhoneButton()
  const answer = await fetch(`${dev.url}/v1/login/phone`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      appId: demoApp.appId,
      code,
      nonce: crypto.randomUUID(),
      phone: { code: tapped.code },
    }),
  })
  const { user } = (await answer.json()) as { readonly user: { readonly id: string } }
  await page.goto(`${url}/console/users`)
  await page.getByRole('searchbox').fill(demoPeople.find(({ id }) => id === 'lin')?.phones[0]?.number ?? '')
  await timed('search by number', async () => {
    await page.getByRole('button', { name: '查找' }).click()
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: user.id }).waitFor()
  })
})

test('all pages of the console together are at most 300 KB with gzip', () => {
  const assets = join(system.folder, 'console', 'assets')
  const names = readdirSync(assets).filter(name => /\.(js|css)$/.test(name))
  expect(names.length).toBeGreaterThan(10)
  const bytes = names.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0)
  process.stdout.write(`scripts and styles of all pages: ${Math.round(bytes / 1024)} KB with gzip\n`)
  expect(bytes).toBeLessThan(300 * 1024)
})
