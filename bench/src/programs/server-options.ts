import { parseArgs } from 'node:util'

/** What `main` tells a contestant. */
export interface ServerOptions {
  /** Base URL of the WeChat stub. */
  readonly upstream: string
  /** SQLite file to create. */
  readonly file: string
  /** The contestant's own variant, such as `wal`. */
  readonly variant: string
  /** Whether a ciphertext is confirmed with WeChat (checkencryptedmsg) before it is believed. */
  readonly checkData: boolean
  /** Upstream connections; as many as users at once where WeChat is slow. */
  readonly pool: number
}

export function readServerOptions(): ServerOptions {
  const { values } = parseArgs({
    options: {
      upstream: { type: 'string', default: '' },
      file: { type: 'string', default: '' },
      variant: { type: 'string', default: '' },
      'check-data': { type: 'boolean', default: false },
      pool: { type: 'string', default: '64' },
    },
  })
  const { upstream, file, variant, 'check-data': checkData, pool } = values
  return { upstream, file, variant, checkData, pool: Number(pool) }
}
