/**
 * The commands as functions, for tests and for programs that bring their own process.
 *
 * @module
 */
export { CliFault } from './cli-fault.ts'
export { demoApp, demoPeople } from './demo.ts'
export { type ExitCode, exitCodes } from './exit-codes.ts'
export { type Config, readConfig } from './read-config.ts'
export { createRequestLog, type LogSink, type RequestLog } from './request-log.ts'
export { runCommand } from './run-command.ts'
export { type Dev, type DevOptions, startDev } from './start-dev.ts'
export type { Terminal } from './terminal.ts'
