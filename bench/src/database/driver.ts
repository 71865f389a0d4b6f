// Reads better whole: both drivers, opened, recorded and played alike.
import { createMysqlStore } from '@weapp-auth/server/mysql'
import { createPostgresStore } from '@weapp-auth/server/postgres'

/** The databases that the bench knows. */
export type DatabaseKind = 'postgres' | 'mysql'

/** One statement as the store gave it to the driver, and the row number that came back, if any. */
export interface Recorded {
  readonly asked: { readonly text?: string; readonly sql?: string }
  readonly values: unknown[] | null
  readonly id: number | null
}

/** What was asked on one connection between taking it from the pool and giving it back. */
export type Borrowing = Recorded[]

/** A connection that plays what was recorded. */
interface PlayingConnection {
  /** Answers the row number that came back. */
  play(recorded: Recorded, values: unknown[] | null): Promise<number | null>
  release(): void
}

export interface PlayingPool {
  borrow(): Promise<PlayingConnection>
  close(): Promise<void>
}

export async function openPool(kind: DatabaseKind, url: string, connections: number) {
  if (kind === 'postgres') {
    const { Pool } = await import('pg')
    return {
      kind,
      pool: new Pool({ connectionString: url, max: connections, connectionTimeoutMillis: 30_000 }),
    } as const
  }
  const { createPool } = await import('mysql2/promise')
  return { kind, pool: createPool({ uri: url, connectionLimit: connections }) } as const
}

type Opened = Awaited<ReturnType<typeof openPool>>

export const openStore = (opened: Opened) =>
  opened.kind === 'postgres' ? createPostgresStore({ pool: opened.pool }) : createMysqlStore({ pool: opened.pool })

/** A store whose statements are told, borrowing by borrowing. */
export function openRecordedStore(opened: Opened, tell: (borrowing: Borrowing) => void) {
  if (opened.kind === 'postgres') {
    const { pool } = opened
    const connect = async () => {
      const client = await pool.connect()
      const borrowing: Borrowing = []
      return {
        on: client.on.bind(client),
        removeListener: client.removeListener.bind(client),
        release(destroy?: boolean) {
          tell(borrowing)
          client.release(destroy)
        },
        async query(asked: { readonly text: string; readonly values?: unknown[] }) {
          const result = await client.query(asked)
          borrowing.push({ asked, values: asked.values ?? null, id: idIn(result.rows) })
          return result
        },
      }
    }
    return createPostgresStore({
      pool: { connect, end: () => pool.end(), on: pool.on.bind(pool), options: pool.options },
    })
  }
  const { pool } = opened
  const getConnection = async () => {
    const own = await pool.getConnection()
    const borrowing: Borrowing = []
    return {
      connection: own.connection,
      async query(asked: { readonly sql: string; readonly timeout: number }) {
        const reply = await own.query(asked)
        borrowing.push({ asked, values: null, id: null })
        return reply
      },
      async execute(
        asked: { readonly sql: string; readonly timeout: number },
        values: (string | number | Buffer | null)[],
      ) {
        const reply = await own.execute(asked, values)
        borrowing.push({ asked, values, id: idIn(reply[0]) })
        return reply
      },
      release() {
        tell(borrowing)
        own.release()
      },
      destroy: () => own.destroy(),
    }
  }
  return createMysqlStore({ pool: { getConnection, end: () => pool.end() } })
}

/** The number that a numbered table gave its new row, or of the first row that was found. */
function idIn(result: unknown): number | null {
  const first = Array.isArray(result) ? result[0] : result
  if (typeof first !== 'object' || first === null) return null
  const { id, insertId } = first as { readonly id?: unknown; readonly insertId?: unknown }
  const found = typeof id === 'number' ? id : insertId
  return typeof found === 'number' && found > 0 ? found : null
}

/** The same pool, without a store. `settings` are played on each connection before its first use. */
export function playingPool(opened: Opened, settings: readonly Recorded[]): PlayingPool {
  const set = new WeakSet<object>()
  if (opened.kind === 'postgres') {
    const { pool } = opened
    return {
      async borrow() {
        const client = await pool.connect()
        return {
          async play({ asked }, values) {
            const query = { ...asked, text: asked.text ?? '', ...(values && { values }) }
            return idIn((await client.query(query)).rows)
          },
          release: () => client.release(),
        }
      },
      close: () => pool.end(),
    }
  }
  const { pool } = opened
  return {
    async borrow() {
      const own = await pool.getConnection()
      if (!set.has(own.connection)) for (const { asked } of settings) await own.query(asked.sql ?? '')
      set.add(own.connection)
      return {
        async play({ asked }, values) {
          const sql = asked.sql ?? ''
          if (values !== null) return idIn((await own.execute(sql, values as (string | number | Buffer | null)[]))[0])
          await own.query(sql)
          return null
        },
        release: () => own.release(),
      }
    },
    close: () => pool.end(),
  }
}

/** Row numbers of the recording begin here, so that they are no other number of a statement. */
export const firstRecordedId = 900_000_001

export async function numberHigh(opened: Opened): Promise<void> {
  for (const table of ['identity', 'phone', 'spent', 'consent']) {
    if (opened.kind === 'postgres')
      await opened.pool.query(`ALTER TABLE ${table} ALTER COLUMN id RESTART WITH ${firstRecordedId}`)
    else await opened.pool.query(`ALTER TABLE ${table} AUTO_INCREMENT = ${firstRecordedId}`)
  }
}
