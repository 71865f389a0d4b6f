import type { PlatformFailure } from '../platform.ts'
import { field, textField } from './field.ts'

/** What the platform handed to `fail`, or what was thrown: nothing about it is certain. */
export function readFailure(failure: unknown): PlatformFailure {
  const errMsg = textField(failure, 'errMsg') || textField(failure, 'message') || String(failure)
  const errno = field(failure, 'errno')
  return typeof errno === 'number' ? { errMsg, errno } : { errMsg }
}

/** The same on one line, for the developer. */
export function failureText(failure: unknown): string {
  const { errMsg, errno } = readFailure(failure)
  return errno ? `${errMsg} (errno ${errno})` : errMsg
}
