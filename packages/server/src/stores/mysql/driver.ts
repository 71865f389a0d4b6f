/** The part of a `Pool` of `mysql2/promise` (version 3) that is needed. */
export interface MysqlPool {
  getConnection(): Promise<MysqlConnection>
  end(): Promise<void>
}

/** The part of a connection out of the pool that is needed. */
export interface MysqlConnection {
  /** What stays the same each time this connection comes out of the pool. */
  readonly connection: object
  /** The text protocol, for what cannot be prepared. */
  query(question: MysqlQuestion): Promise<MysqlReply>
  /** Prepared once on each connection. */
  execute(question: MysqlQuestion, values: (string | number | Buffer | null)[]): Promise<MysqlReply>
  release(): void
  destroy(): void
}

interface MysqlQuestion {
  readonly sql: string
  /** Milliseconds. */
  readonly timeout: number
}

/** Rows of a SELECT, or a `ResultSetHeader`; and a description of the columns. */
type MysqlReply = readonly [result: unknown, fields: unknown]
