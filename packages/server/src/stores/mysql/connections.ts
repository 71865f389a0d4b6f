import { createPulse } from '../sql/pulse.ts'
import type { MysqlConnection, MysqlPool } from './driver.ts'
import { isConnectionLost } from './mysql-code.ts'

export interface Connections {
  /**
   * Lends one connection, set up as this store needs it, until `work` is done. A connection of which nobody knows what
   * it is doing is destroyed.
   */
  borrow<T>(work: (connection: MysqlConnection) => Promise<T>): Promise<T>
  /** The text protocol, for what is not prepared. */
  tell(connection: MysqlConnection, sql: string): Promise<void>
  /** How long to wait for an answer, milliseconds. */
  readonly timeout: number
  /** Lends no more, and closes the pool when what was lent is back. */
  close(): Promise<void>
}

export interface ConnectionSettings {
  readonly pool: MysqlPool
  readonly waitSeconds: number
  readonly timeout: number
  /** Looks whether the server says anything, see `createPulse`. Default false. */
  readonly watched?: boolean
}

/**
 * Each connection is set up before its first use, whatever the server's defaults are: double quotes name columns, wrong
 * values are refused, a statement sees what is committed, and text is UTF-8.
 */
export function createConnections({ pool, waitSeconds, timeout, watched = false }: ConnectionSettings): Connections {
  const ready = new WeakSet<object>()
  const lent = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined
  const settings = [
    'SET NAMES utf8mb4',
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00',
      autocommit = 1, foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0,
      innodb_lock_wait_timeout = ${waitSeconds}, lock_wait_timeout = ${lockWaitSeconds}`,
  ]

  async function tell(connection: MysqlConnection, sql: string): Promise<void> {
    await connection.query({ sql, timeout })
  }

  async function setUp(connection: MysqlConnection): Promise<void> {
    if (ready.has(connection.connection)) return
    for (const setting of settings) await tell(connection, setting)
    ready.add(connection.connection)
  }

  async function lend<T>(work: (connection: MysqlConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const connection = await pool.getConnection()
    const letGo = () => connection.destroy()
    signal?.addEventListener('abort', letGo)
    try {
      signal?.throwIfAborted()
      await setUp(connection)
      const result = await work(connection)
      connection.release()
      return result
    } catch (error) {
      if (signal?.aborted || isConnectionLost(error) || !ready.has(connection.connection)) connection.destroy()
      else connection.release()
      throw error
    } finally {
      signal?.removeEventListener('abort', letGo)
    }
  }

  const pulse = watched ? createPulse({ beat: () => lend(beat) }) : null

  async function beat(connection: MysqlConnection): Promise<void> {
    await connection.query({ sql: 'DO 0', timeout: 1000 })
  }

  async function close(): Promise<void> {
    await Promise.allSettled(lent)
    pulse?.close()
    await pool.end()
  }

  return {
    timeout,
    tell,
    async borrow(work) {
      if (closing) throw new Error('the store is closed')
      const lending = pulse ? pulse.hold(signal => lend(work, signal)) : lend(work)
      lent.add(lending)
      try {
        return await lending
      } finally {
        lent.delete(lending)
      }
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

/** For a table whose shape somebody else is changing: a day by default. */
const lockWaitSeconds = 60
