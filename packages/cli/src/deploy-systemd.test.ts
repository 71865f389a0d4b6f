// deploy/systemd/weapp-auth.service, as systemd itself reads it.
import { spawnSync } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { variables } from './read-config.ts'
import { secretVariables } from './read-secret-files.ts'

const slow = { timeout: 60_000 }
const unit = fileURLToPath(new URL('../../../deploy/systemd/weapp-auth.service', import.meta.url))
const analyze = (...args: readonly string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' })

/** `--offline` came with systemd 250. */
const version = Number(/^systemd (\d+)/.exec(analyze('--version').stdout ?? '')?.[1] ?? 0)
if (version < 250)
  process.stderr.write(
    '\n跳过 systemd 的测试：需要 systemd-analyze 250 以上 / the test of the systemd unit is skipped: it takes systemd-analyze 250\n',
  )

async function values(field: string): Promise<readonly string[]> {
  const text = await readFile(unit, 'utf8')
  return [...text.matchAll(new RegExp(`^${field}=(.*)$`, 'gm'))].map(([, value = '']) => value)
}

test('the unit says only what the program knows, hands secrets over as files, and has the time to drain', async () => {
  const set = Object.fromEntries(
    (await values('(?:# )?Environment'))
      .flatMap(line => line.split(' '))
      .map(one => one.split('=') as [string, string]),
  )
  expect(Object.keys(set).filter(name => name !== 'NODE_ENV' && !Object.hasOwn(variables, name))).toEqual([])
  const given = (await values('(?:# )?LoadCredential')).map(line => line.split(':')[0])
  const secrets = secretVariables.flatMap(name => set[name] ?? [])
  expect(secrets.sort()).toEqual(given.map(name => `file:/run/credentials/weapp-auth.service/${name}`).sort())
  const [stop] = await values('TimeoutStopSec')
  expect(Number(stop)).toBeGreaterThan(Number(set.DRAIN_SECONDS) + 10)
})

describe.skipIf(version < 250)('systemd', () => {
  test('finds nothing wrong with the unit', slow, async () => {
    const copy = join(await temporaryFolder(), 'weapp-auth.service')
    // Node need not stand where it does on a server.
    await writeFile(copy, (await readFile(unit, 'utf8')).replace('/usr/bin/node', process.execPath))
    const { status, stderr } = analyze('verify', '--recursive-errors=no', '--man=no', copy)
    expect({ status, about: stderr.split('\n').filter(line => line.includes('weapp-auth')) }).toEqual({
      status: 0,
      about: [],
    })
  })

  test('calls the exposure of the service low', slow, async () => {
    const copy = join(await temporaryFolder(), 'weapp-auth.service')
    await copyFile(unit, copy)
    const limit = 20
    const { status, stdout } = analyze('security', '--offline=true', `--threshold=${limit}`, '--no-pager', copy)
    process.stdout.write(`${/Overall exposure level.*/.exec(stdout)?.[0] ?? stdout}\n`)
    expect(status).toBe(0)
  })
})
