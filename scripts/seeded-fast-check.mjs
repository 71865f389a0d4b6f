import fastCheck from '../node_modules/fast-check/lib/fast-check.js'

/*
 * What tests get when they import `fast-check` (vitest.config.ts): the same inputs at every run, so that a change and
 * nothing else turns a test red. `npm run test:long` draws others each night, and prints the seed of what it finds;
 * `WEAPP_AUTH_SEED=n` plays one again.
 */
const { WEAPP_AUTH_LONG, WEAPP_AUTH_SEED } = process.env
const seed = WEAPP_AUTH_SEED ? Number(WEAPP_AUTH_SEED) : 20_261_122
if (WEAPP_AUTH_SEED || !WEAPP_AUTH_LONG) fastCheck.configureGlobal({ seed })

export * from '../node_modules/fast-check/lib/fast-check.js'
export { fastCheck as default }
