/** What the server or the driver calls an error ("Server Error Message Reference", MySQL; "MariaDB Error Codes"). */
export const codes = {
  busy: [1205, 3058],
  /** The server undid the transaction for the sake of another one. */
  deadlock: [1213, 1020],
  /** A row does not fit what another transaction wrote after this one had looked; or it never fits. */
  constraint: [1062, 1451, 1452],
  duplicate: [1062],
  full: [1021, 1114],
  tooManyConnections: [1040, 1203, 1226],
  readOnly: [1290, 1792, 1836],
  /** After these the connection is gone, though the server still said so. */
  gone: [1053, 1152, 1158, 1159, 1160, 1161, 1927, 4031],
} as const

/** The number of an error that the server told; 0 for any other. */
export function serverCode(error: unknown): number {
  return error instanceof Error && 'errno' in error && 'sqlState' in error && typeof error.errno === 'number'
    ? error.errno
    : 0
}

/** Such as `ER_DUP_ENTRY` or `ECONNREFUSED`; empty for an error that is neither the driver's nor the system's. */
export function driverCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

export function isOneOf(numbers: readonly number[], error: unknown): boolean {
  return numbers.includes(serverCode(error))
}

/** True when nobody knows what the connection is doing: it is never used again. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof Error && 'fatal' in error && error.fatal === true) return true
  return serverCode(error) === 0 ? driverCode(error) !== '' : isOneOf(codes.gone, error)
}

/** It broke at the very end, so nobody knows whether all of it was kept. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  readonly fatal = true
  readonly code: string

  constructor(cause: unknown) {
    super('the connection broke before the answer of COMMIT', { cause })
    this.code = driverCode(cause)
  }
}

/** Whether the connection broke in the midst, and took all of it along; no time was lost by waiting for an answer. */
export function isCutOff(error: unknown): boolean {
  if (!isConnectionLost(error) || error instanceof OutcomeUnknown) return false
  return serverCode(error) === 0 ? cutOff.has(driverCode(error)) : isOneOf(codes.gone, error)
}

/** No code: a connection out of the pool that had been closed already. */
const cutOff = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', ''])
