import type { Sentence } from '@weapp-auth/protocol/contract'

const faults = {
  keys_unavailable: {
    message: { zh: '读不到授权服务的公钥。', en: 'The public keys of the auth server cannot be read.' },
    fix: {
      zh: '检查 issuer（或 jwks）的地址能否从这台机器访问，并返回 JSON；令牌本身没有被判断。',
      en: 'Check that the address in issuer (or jwks) can be reached from this machine and answers JSON; nothing is said about the token.',
    },
  },
  introspection_unavailable: {
    message: { zh: '授权服务没有回答会话是否有效。', en: 'The auth server did not say whether the session is live.' },
    fix: {
      zh: '检查授权服务是否运行、introspect.url 是否正确；令牌本身没有被判断。',
      en: 'Check that the auth server runs and that introspect.url is right; nothing is said about the token.',
    },
  },
  introspection_refused: {
    message: { zh: '授权服务不认识这个后端。', en: 'The auth server does not know this backend.' },
    fix: {
      zh: '对照授权服务的 backends 选项检查 introspect 的 id 与 secret。',
      en: 'Compare id and secret of introspect with the option backends of the auth server.',
    },
  },
} as const satisfies Readonly<Record<string, { readonly message: Sentence; readonly fix: Sentence }>>

/** Why a token could be neither accepted nor refused. */
export type VerifierFaultCode = keyof typeof faults

/**
 * The verifier itself cannot work; this says nothing about the token. Express, Koa, Fastify and Nest read the status
 * 503 from it.
 */
export class VerifierFault extends Error {
  override readonly name = 'VerifierFault'
  readonly code: VerifierFaultCode
  readonly sentence: Sentence
  readonly fix: Sentence
  /** Where Express and Koa look. */
  readonly status = 503
  /** Where Fastify and Nest look. */
  readonly statusCode = 503
  /** By the convention of `http-errors`: the answer says no more than its status. */
  readonly expose = false

  constructor(code: VerifierFaultCode, cause?: unknown) {
    const { message, fix } = faults[code]
    super(`${message.en} ${fix.en}`, { cause })
    this.code = code
    this.sentence = message
    this.fix = fix
  }
}
