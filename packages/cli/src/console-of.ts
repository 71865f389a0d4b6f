import { type ConsoleOptions, isConsoleOrigin } from '@weapp-auth/server'
import { createPasskeys } from '@weapp-auth/server/passkeys'

/**
 * The console of a server by this URL; `null` where browsers would not keep its secrets (http of another machine). On
 * this machine it is opened as `localhost`: a passkey belongs to a name, and an address is none (WebAuthn, section 5.1.2).
 */
export function consoleOf(issuer: string): ConsoleOptions | null {
  const url = new URL(issuer)
  if (url.hostname === '127.0.0.1' || url.hostname === '[::1]') url.hostname = 'localhost'
  return isConsoleOrigin(url.origin) ? { origin: url.origin, passkeys: createPasskeys() } : null
}

/** Shown to whoever starts the server, and to nobody else. */
export function firstOperatorNotice(link: string): string {
  return `
!! 还没有运营人员。在一小时内打开下面的链接，成为第一位管理员；链接只能用一次：
!! There is no operator yet. Open this link within an hour to be the first admin; it works once:
   ${link}
`
}

export const noConsoleNotice = `
!! 运营控制台未开启：ISSUER 需要使用 https（或 localhost）。不需要控制台请设置 WEAPP_CONSOLE=off。
!! There is no console for operators: it takes an ISSUER of https (or localhost). WEAPP_CONSOLE=off if you want none.
`
