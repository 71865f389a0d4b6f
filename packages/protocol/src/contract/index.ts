/**
 * What weapp-auth itself says: requests, answers and codes of its HTTP API.
 *
 * @module
 */
export * from './admin.ts'
export * from './admin-routes.ts'
export * from './answers.ts'
export * from './bulk-exports.ts'
export * from './codes.ts'
export * from './operator-accounts.ts'
export * from './problem.ts'
export * from './requests.ts'
export * from './retry.ts'
export * from './routes.ts'
export * from './sentence.ts'
export * from './traces.ts'
