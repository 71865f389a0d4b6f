import type { Migration } from './migration.ts'

/** What came of requests: docs/decisions/0020-traces-of-requests.md. */
export const requestTraces: Migration = {
  id: 18,
  name: 'request-traces',
  statements: ({ text, integer, keyed }) => [
    // No foreign keys: a trace may outlive what it names, and a user is blanked when they go.
    `CREATE TABLE request_trace (
      ${text('id', 36)},
      ${text('request_id', 64)},
      ${integer('at')},
      ${integer('took_ms')},
      ${text('app_id', 64, 'null')},
      ${text('user_id', 36, 'null')},
      ${text('method', 16)},
      ${text('route', 200)},
      ${integer('status')},
      ${integer('failed')},
      ${text('code', 64, 'null')},
      ${integer('errcode', 'null')},
      ${text('rid', 64, 'null')},
      ${text('steps', 4000)},
      ${integer('until')},
      PRIMARY KEY (id)
    ) ${keyed}`,
    'CREATE INDEX trace_by_request ON request_trace (request_id, id)',
    'CREATE INDEX trace_by_rid ON request_trace (rid, id)',
    'CREATE INDEX trace_by_user ON request_trace (user_id, id)',
    'CREATE INDEX trace_by_failure ON request_trace (failed, id)',
    'CREATE INDEX trace_by_until ON request_trace (until)',
  ],
}
