import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { createDevPrograms } from './dev-programs.ts'

async function twoPrograms() {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'shop'))
  const write = (name: string, text: string) => writeFile(join(folder, 'shop', name), text)
  await write('app.json', '{ "pages": ["index"] }')
  await write('app.js', 'App({})')
  await write('index.js', 'Page({})')
  await write('index.wxml', '<view>first</view>')
  const { fetch } = createDevPrograms([join(folder, 'shop'), `later=${join(folder, 'none')}`])
  const get = async (path: string) => fetch(new Request(`http://127.0.0.1${path}`))
  return { get, write }
}

test('all programs are told, those too that have to be built first', async () => {
  const { get } = await twoPrograms()
  expect(await (await get('/dev/programs')).json()).toEqual({
    programs: [
      { name: 'shop', kind: 'native', ready: true, build: null },
      expect.objectContaining({ name: 'later', ready: false }),
    ],
  })
})

test('a program is compiled when it is asked for, as it is then', async () => {
  const { get, write } = await twoPrograms()
  expect(await (await get('/dev/programs/shop.js')).text()).toContain('first')
  await write('index.wxml', '<view>second</view>')
  const response = await get('/dev/programs/shop.js')
  expect(response.headers.get('content-type')).toContain('text/javascript')
  expect(await response.text()).toContain('second')
})

test('what cannot be compiled says why; what is not there is not found', async () => {
  const { get, write } = await twoPrograms()
  await write('index.wxml', '<view>')
  expect(await (await get('/dev/programs/shop.js')).text()).toContain('index.wxml:1:2 missing end tag')
  expect((await get('/dev/programs/later.js')).status).toBe(404)
  expect((await get('/dev/programs/none.js')).status).toBe(404)
})
