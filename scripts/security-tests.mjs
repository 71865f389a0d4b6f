/**
 * The stage `npm run test:security`: attacks played out against the server, and faults under it. They take minutes, so
 * `npm test` leaves them out. A folder ends in `/` and stands for all tests in it; a single file is named in full.
 */
export const securityTests = [
  'conformance/attacks/',
  'conformance/faults/',
  'conformance/fuzz/',
  'packages/server/src/http/hostile-requests.test.ts',
  'packages/server/src/http/push.fuzz.test.ts',
  'packages/server/src/server.model.test.ts',
  'packages/server/src/service-races.test.ts',
  'packages/server/src/stores/mysql/races.test.ts',
  'packages/server/src/stores/postgres/races.test.ts',
  'scripts/container.test.mjs',
]

/** The pattern by which vitest leaves an entry out. */
export function patternOf(entry) {
  return entry.endsWith('/') ? `${entry}**` : entry
}
