/** A question to `pg`. With a name it is prepared once on each connection. */
export interface PostgresQuery {
  readonly text: string
  readonly name?: string | undefined
  readonly values?: unknown[]
  /** How the text of a value is read, by the number of its type. */
  readonly types?: { getTypeParser(type: number): (text: string) => unknown }
  /** Milliseconds until the answer is given up; the connection is of no use then. */
  readonly query_timeout?: number
}

export interface PostgresResult {
  /** Such as `COMMIT`. */
  readonly command: string
  readonly rows: unknown[]
  readonly rowCount: number | null
}

/** The part of a `PoolClient` of `pg` (version 8) that is needed. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
  /** Back to the pool; with `true` it is closed instead. */
  release(destroy?: boolean): void
}

/** The part of a `Pool` of `pg` (version 8) that is needed. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  /** Waits until every connection is back, and closes them. */
  end(): Promise<void>
  /** Told of connections that break while nobody uses them; without a listener the process would end. */
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly options: {
    readonly host?: string | undefined
    readonly port?: number | undefined
    readonly database?: string | undefined
    readonly connectionString?: string | undefined
  }
}
