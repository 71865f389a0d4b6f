import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { routes } from '@weapp-auth/protocol/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { goThrough, nameOf, type Promised } from './go-through.ts'
import { mo, visit } from './people.ts'
import { type FileWorld, openFileWorld } from './services/sqlite-file.ts'
import { ask } from './site.ts'

const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-disk-'))
const disk = join(folder, 'disk')
mkdirSync(disk)

/** Why there can be no real disk here; `null` when there is one, of a few megabytes. */
function mounted(): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'none', disk], { stdio: 'pipe' })
    return null
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error)
  }
}

const whyNoDisk = mounted()
if (whyNoDisk !== null)
  process.stderr.write(
    `\n不能挂载小磁盘（${whyNoDisk}），改用 PRAGMA max_page_count 限制文件大小 / no small disk can be mounted (${whyNoDisk}): the size of the file is limited by PRAGMA max_page_count instead\n`,
  )
afterAll(() => {
  if (whyNoDisk === null) execFileSync('umount', [disk])
  rmSync(folder, { recursive: true, force: true })
})

const filler = join(disk, 'somebody-elses-file')

/** Something else on the disk takes what is left of it. */
function fill(): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(bavail * bsize))
  expect(statfsSync(disk).bavail).toBe(0)
}

describe(whyNoDisk === null ? 'SQLite on a disk of 6 MB' : 'SQLite in a file that may not grow', {
  timeout: 30_000,
}, () => {
  let world: FileWorld
  beforeAll(async () => {
    world = await openFileWorld({ folder: disk })
  })
  afterAll(() => world.close())

  const begin = () => {
    if (whyNoDisk === null) return fill()
    world.database.pragma(`max_page_count = ${world.database.pragma('page_count', { simple: true })}`)
  }
  const end = () => {
    if (whyNoDisk === null) rmSync(filler)
    else world.database.pragma('max_page_count = 100000')
  }

  test.each(flows)('F20: there is no space left: $id', async flow => {
    const site = world.newSite()
    const { accessToken } = await visit(site, mo)
    // A file that may not grow still takes what fits into its pages.
    const answers = ['503 storage_full', ...(whyNoDisk === null ? [] : ['200'])]
    const again = flow.id === 'login' ? ['409 code_consumed', ...(whyNoDisk === null ? [] : ['200'])] : ['200']
    const promised: Promised = { answers, again }
    await goThrough(site, flow, {
      begin,
      // What only reads goes on, so nobody needs to be sent elsewhere.
      async during() {
        expect(nameOf(await ask(site, routes.me, { token: accessToken }))).toBe('200')
        expect(nameOf(await ask(site, routes.ready))).toBe('200')
      },
      end,
      promised,
      sessionsGoOn: false,
      restart: () => world.restart(),
    })
  })
})
