import { spawnSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { median } from './median.ts'

/** Linux' program that pins another one to a core. */
export const taskset = 'taskset'

/** Which core runs what; `null` where the system decides. */
export interface Cores {
  readonly server: number | null
  readonly load: number | null
  readonly stub: number | null
}

/** The server gets a core of its own; load and stub share the next, or have one each where there are three. */
export function assignCores(): Cores {
  const count = cpus().length
  const pins = count > 1 && spawnSync(taskset, ['-c', '0', 'true']).status === 0
  return pins ? { server: 0, load: 1, stub: count > 2 ? 2 : 1 } : { server: null, load: null, stub: null }
}

/** Microseconds for which any core did anything, for anybody, since the machine started. */
export const busyMicros = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) * 1000

/** What a durable commit costs here at least: the median of fdatasync after 4 KB, in microseconds. */
export function syncMicros(file: string): number {
  const page = Buffer.alloc(4_096, 1)
  const descriptor = openSync(file, 'w')
  const costs = Array.from({ length: 200 }, () => {
    const start = performance.now()
    writeSync(descriptor, page)
    fdatasyncSync(descriptor)
    return (performance.now() - start) * 1000
  })
  closeSync(descriptor)
  rmSync(file)
  return median(costs)
}

/** The commit that is measured, `+` for changes on top of it; empty where there is no git. */
export function commitNote(folder: string): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' }).stdout?.trim() ?? ''
  const commit = git('rev-parse', '--short', 'HEAD')
  return commit === ''
    ? ''
    : `, commit ${commit}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+'}`
}

/** The machine in one line; nothing in it tells whose it is. */
export function machineNote(cores: Cores, sync: number): string {
  const pinned = cores.server === null ? 'not pinned' : `server on core 0, load on 1, WeChat stub on ${cores.stub}`
  const load = loadavg()[0]?.toFixed(2)
  return `${cpus().length} cores (${pinned}), ${process.platform} ${process.arch}, Node ${process.version}, load average ${load} before the run, fdatasync of 4 KB ${Math.round(sync)} us`
}
