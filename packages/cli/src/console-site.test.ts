import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { createConsoleSite } from './console-site.ts'

async function openSite() {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'console', 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.js'), 'outside')
  await writeFile(join(folder, 'console', 'index.html'), '<!doctype html>page')
  await writeFile(join(folder, 'console', 'assets', 'index-1a2b.js'), 'script')
  const site = createConsoleSite(join(folder, 'console'))
  // Paths as they come off a connection: nobody has tidied them up.
  return (path: string, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}) =>
    site.answer({ method, url: `http://localhost${path}`, headers: new Headers(headers) })
}

test('every path of the console is its page, which may be framed by nobody and runs no inline script', async () => {
  const get = await openSite()
  for (const path of ['/console/', '/console/users/1?x=1', '/console/..%2fsecret.js']) {
    const answer = await get(path)
    expect([answer?.status, Buffer.from(answer?.body ?? '').toString()]).toEqual([200, '<!doctype html>page'])
    expect(answer?.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self'")
    expect(answer?.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(answer?.headers['cache-control']).toBe('no-cache')
  }
})

test('files are kept for ever and sent as the browser can read them', async () => {
  const get = await openSite()
  const headers = { 'accept-encoding': 'gzip, br' }
  const zipped = await get('/console/assets/index-1a2b.js', { headers })
  expect(zipped?.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'text/javascript; charset=utf-8',
  })
  expect(gunzipSync(Buffer.from(zipped?.body ?? '')).toString()).toBe('script')
  const plain = await get('/console/assets/index-1a2b.js')
  expect([plain?.headers['content-encoding'], plain?.headers['cache-control']]).toEqual([
    undefined,
    'public, max-age=31536000, immutable',
  ])
})

test('nothing outside of the folder is served, and nothing but reading is allowed', async () => {
  const get = await openSite()
  for (const path of ['../../secret.js', '%2e%2e/%2e%2e/secret.js', '..\\..\\secret.js', 'none.js'])
    expect((await get(`/console/assets/${path}`))?.status).toBe(404)
  expect(await get('/console/', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  expect(await get('/console')).toMatchObject({ status: 302, headers: { location: '/console/' } })
})

test('other paths are not its own', async () => {
  const get = await openSite()
  expect([get('/v1/me'), get('/consoles'), get('/')]).toEqual([null, null, null])
})

test('pages that were not built are said to be missing, and found once they are there', async () => {
  const folder = join(await temporaryFolder(), 'console')
  const site = createConsoleSite(folder)
  const get = () => site.answer(new Request('https://auth.example.com/console/'))
  expect((await get())?.status).toBe(503)
  await mkdir(folder)
  await writeFile(join(folder, 'index.html'), 'page')
  expect((await get())?.status).toBe(200)
})
