import { openIdOf, sessionKeyOf, subjectOf } from '../world.ts'

/** WeChat as functions, for what is measured without it. */
export const inProcessWechat = {
  async codeToSession({ code }: { readonly code: string }) {
    const session = { openId: openIdOf(subjectOf(code)), unionId: null, sessionKey: sessionKeyOf(subjectOf(code)) }
    return { status: 'ok', session } as const
  },
  async phoneByCode({ code }: { readonly code: string }) {
    const nationalNumber = subjectOf(code)
    const phone = { number: `+86${nationalNumber}`, nationalNumber, countryCode: '86', at: Date.now() }
    return { status: 'ok', phone } as const
  },
  checkEncryptedData: async () => ({ status: 'unknown' }) as const,
  accessToken: async () => 'not used',
}
