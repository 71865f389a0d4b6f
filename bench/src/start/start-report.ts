import { median } from '../median.ts'
import type { ProductionSize } from './production-size.ts'
import type { Started } from './start-program.ts'

export interface StartReport {
  readonly heading: string
  readonly machine: string
  readonly starts: ReadonlyMap<string, readonly Started[]>
  readonly size: ProductionSize | null
}

export function startReport({ heading, machine, starts, size }: StartReport): string {
  return [heading, machine, '', legend, '', table(starts), ...(size ? ['', sizeOf(size)] : []), ''].join('\n')
}

const legend = [
  'first answer: from spawning Node to the end of the first 200, files warm in memory, data folder there already; goal for',
  'serve <= 400 ms. idle RSS: two seconds later, when the garbage of loading is collected; goal for serve <= 90 MB.',
].join('\n')

function table(starts: StartReport['starts']): string {
  const lines = [...starts].map(([title, all]) => {
    const times = all.map(({ firstAnswerMs }) => firstAnswerMs)
    const rss = median(all.map(({ idleRssBytes }) => idleRssBytes ?? 0)) / 1e6
    const cells = [median(times), Math.min(...times), Math.max(...times)].map(ms => String(Math.round(ms)).padStart(9))
    return `${title.padEnd(16)}${cells.join('')}${rss.toFixed(1).padStart(13)}`
  })
  return ['                first ms    least     most   idle RSS MB', ...lines].join('\n')
}

function sizeOf({ bytes, nativeBytes, packages }: ProductionSize): string {
  const mega = (count: number) => `${(count / 1e6).toFixed(1)} MB`
  return [
    `production install (npm install --omit=dev of the packed packages): ${mega(bytes)}, of it SQLite's native part ${mega(nativeBytes)}.`,
    'That is what a container image adds to its image of Node; the image itself was not built: it takes a container daemon.',
    'Sources that better-sqlite3 compiles from are in its figure; an image can leave them out.',
    ...packages.map(one => `  ${mega(one.bytes).padStart(9)}  ${one.name}`),
  ].join('\n')
}
