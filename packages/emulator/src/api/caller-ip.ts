import { isIP } from 'node:net'

/** A web-standard request does not say where it comes from, so a caller may say it for itself. */
export interface Caller {
  /** The address WeChat sees. Default: the first one of the header `x-forwarded-for`, else `127.0.0.1`. */
  readonly ip?: string
}

export function callerIp(request: Request, { ip }: Caller): string {
  const told = ip ?? request.headers.get('x-forwarded-for')?.split(',')[0]?.trim() ?? ''
  return isIP(told) === 0 ? '127.0.0.1' : told.replace(/^::ffff:/, '')
}
