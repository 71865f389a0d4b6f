interface Cost {
  readonly perSecond: number
  readonly cpuMicros: number
}

/** Medians of one API on both servers. */
export interface ApiRow {
  readonly api: string
  readonly emulator: Cost
  readonly stub: Cost
}

interface EmulatorFigures {
  readonly heading: string
  readonly machine: string
  readonly rows: readonly ApiRow[]
  readonly memory: { readonly people: number; readonly peopleBytes: number; readonly loggedInBytes: number }
  readonly connections: number
  readonly rounds: number
  readonly requests: number
}

const heads = ['', 'req/s', 'bare node:http', 'of bare', 'CPU us', 'bare CPU us']

/** The table of all APIs and what people weigh. Pure: figures in, text out. */
export function emulatorReport({
  heading,
  machine,
  rows,
  memory,
  connections,
  rounds,
  requests,
}: EmulatorFigures): string {
  const cells = rows.map(({ api, emulator, stub }) => [
    api,
    whole(emulator.perSecond),
    whole(stub.perSecond),
    `${whole((100 * emulator.perSecond) / stub.perSecond)} %`,
    whole(emulator.cpuMicros),
    whole(stub.cpuMicros),
  ])
  const { people, peopleBytes, loggedInBytes } = memory
  const heap = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB, ${whole(bytes / people)} bytes a person`
  return [
    heading,
    machine,
    `${people} people, ${connections} connections (closed loop), ${rounds} rounds of ${requests} requests, medians. Each request is`,
    'played once on the emulator, then on a bare node:http server that answers without looking; every answer must be a success.',
    'CPU us: of the server per request. The three clears of quotas are limited to a few calls a month and not measured.',
    '',
    ...align([heads, ...cells]),
    '',
    `heap of ${people} people before anybody does anything: ${heap(peopleBytes)}`,
    `heap once everybody has logged in, with all that was played above: ${heap(loggedInBytes)}`,
    '',
  ].join('\n')
}

const whole = (value: number): string => String(Math.round(value))

function align(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = heads.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines.map(line =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}
