/** What the WeChat stub, the load and the contestants agree on. Users are numbers, so nobody has to keep a table. */

/** The mini program of the bench. */
export const app = { appId: 'wxbe9c000000000001', secret: 'bench-secret-of-32-characters-xx' }

/** A program of ours that introspects tokens; only weapp-auth knows it. */
export const backend = { id: 'bench', secret: 'bench-backend-secret-of-40-characters-xx' }

/** A login code names its user, so that the stub can answer with the right openid; the serial makes it unique. */
export const loginCode = (user: number, serial: number): string => `u${user}_${serial}`

/** A phone code names its number. */
export const phoneCode = (number: string, serial: number): string => `p${number}_${serial}`

/** The number between the first letter and the underscore of a code. */
export const subjectOf = (code: string): string => code.slice(1, code.indexOf('_'))

/** 28 characters, as WeChat's openids have. */
export const openIdOf = (user: number | string): string => `oBench${String(user).padStart(22, '0')}`

/** 16 bytes in Base64, another one for every user, the same at every login. */
export const sessionKeyOf = (user: number | string): string =>
  Buffer.from(`benchkey${String(user).padStart(8, '0')}`, 'latin1').toString('base64')

/** Eleven digits; another number for every serial below a thousand million. */
export const phoneNumberOf = (serial: number): string => String(13_000_000_000 + (serial % 1_000_000_000))
