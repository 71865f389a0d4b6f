/**
 * The modules on which everything else relies: crypto, tokens, sessions, phone numbers and merges. Every branch of them
 * is tested (`npm run test:coverage`), and the tests notice when they are changed (`npm run test:mutation`): of each
 * group those tests that prove it, so that no mutant is killed by accident in a test of something else.
 */
const wechat = (...names) => names.map(name => `packages/protocol/src/wechat/${name}.ts`)
const server = (...names) => names.map(name => `packages/server/src/${name}.ts`)

export const coreModules = [
  {
    id: 'encodings',
    title: { zh: 'Base64、UTF-8、PKCS #7、严格 JSON', en: 'Base64, UTF-8, PKCS #7, strict JSON' },
    modules: wechat('base64', 'parse-strict-json', 'pkcs7', 'utf8'),
    tests: wechat('base64.test', 'parse-strict-json.test', 'pkcs7.test', 'utf8.test'),
  },
  {
    id: 'ciphers',
    title: { zh: '密码算法、签名、消息推送', en: 'ciphers, signatures, message push' },
    modules: wechat(
      'crypto',
      'decrypt-push',
      'encoding-aes-key',
      'encrypt-push',
      'equal-text',
      'push-signature',
      'raw-data-signature',
      'session-signature',
    ),
    tests: wechat(
      'crypto.test',
      'decrypt-push.test',
      'push-signature.test',
      'raw-data-signature.test',
      'session-signature.test',
    ),
  },
  {
    id: 'open-data',
    title: { zh: '开放数据与水印', en: 'open data and its watermark' },
    modules: wechat(
      'decrypt-open-data',
      'encrypt-open-data',
      'is-record',
      'open-data-invalid',
      'phone-fields',
      'read-phone',
      'read-user-info',
      'watermark',
    ),
    tests: wechat('decrypt-open-data.test', 'is-record.test', 'read-phone.test', 'read-user-info.test'),
  },
  {
    id: 'secure-mode',
    title: { zh: '服务端 API 签名加密', en: 'secure mode of the server API' },
    modules: wechat('api-body', 'api-cipher', 'api-signature', 'open-api-response', 'sign-api-request'),
    tests: wechat('api-body.test', 'open-api-response.test', 'sign-api-request.test'),
  },
  {
    id: 'keys',
    title: { zh: '密钥、保险库与封存', en: 'keys, the vault and sealed records' },
    modules: server(
      'domain/uuid-bytes',
      'keys/base64url',
      'keys/digest',
      'keys/job-seal',
      'keys/keyring',
      'keys/pooled-random',
      'keys/ring',
      'keys/rotate-keyring',
      'keys/sealed-record',
      'keys/signing-key',
      'keys/sub-keys',
      'keys/vault',
    ),
    tests: server(
      'keys/base64url.test',
      'keys/digest.test',
      'keys/job-seal.test',
      'keys/keyring.test',
      'keys/pooled-random.test',
      'keys/ring.test',
      'keys/rotate-keyring.test',
      'keys/sealed-record.test',
      'keys/signing-key.test',
      'keys/sub-keys.test',
      'keys/vault.test',
    ),
  },
  {
    id: 'tokens',
    title: { zh: '令牌、句柄与各类凭据', en: 'tokens, handles and other credentials' },
    modules: server(
      'keys/access-token',
      'keys/attempts',
      'keys/backend-secrets',
      'keys/handles',
      'keys/merge-code',
      'keys/operator-tokens',
      'keys/refresh-token',
      'keys/tokens',
    ),
    tests: server(
      'keys/access-token.test',
      'keys/attempts.test',
      'keys/backend-secrets.test',
      'keys/handles.test',
      'keys/merge-code.test',
      'keys/operator-tokens.test',
      'keys/refresh-token.test',
      'keys/tokens.test',
    ),
  },
  {
    id: 'verify',
    title: { zh: '给后端用的令牌校验', en: 'the verifier for backends' },
    modules: server(
      'verify/authenticate',
      'verify/key-set',
      'verify/live-check',
      'verify/read-json',
      'verify/require-user',
      'verify/token-verifier',
      'verify/verifier-fault',
    ),
    tests: server('verify/*.test'),
  },
  {
    id: 'sessions',
    title: { zh: '登录、会话与刷新', en: 'login, sessions and refreshing' },
    modules: server(
      'domain/ids',
      'domain/user-answer',
      'usecases/authorize',
      'usecases/draft-login',
      'usecases/end-session',
      'usecases/end-user-sessions',
      'usecases/introspect',
      'usecases/list-sessions',
      'usecases/log-in',
      'usecases/open-session-keys',
      'usecases/open-user',
      'usecases/refresh-by-grant',
      'usecases/revoke-token',
      'usecases/rotate-session',
      'usecases/session',
      'usecases/session-key-place',
      'usecases/single-flight',
    ),
    tests: server(
      'domain/ids.test',
      'http/oauth.test',
      'http/sessions.test',
      'usecases/log-in.test',
      'usecases/meanwhile.test',
      'usecases/phone-by-open-data.test',
      'usecases/profile-by-open-data.test',
      'usecases/rotate-session.test',
      'usecases/single-flight.test',
      'usecases/written-down.test',
    ),
  },
  {
    id: 'phone',
    title: { zh: '手机号', en: 'phone numbers' },
    modules: server(
      'domain/mask-phone',
      'domain/phone-answer',
      'usecases/bind-phone',
      'usecases/decrypt-nothing',
      'usecases/log-in-with-phone',
      'usecases/open-data-desk',
      'usecases/open-phone',
      'usecases/phone-book',
      'usecases/phone-budget',
      'usecases/phone-by-code',
      'usecases/phone-by-open-data',
      'usecases/read-phones',
      'usecases/turns',
      'usecases/unfinished',
    ),
    tests: server(
      'domain/mask-phone.test',
      'usecases/bind-phone.test',
      'usecases/log-in-with-phone.test',
      'usecases/meanwhile.test',
      'usecases/phone-budget.test',
      'usecases/phone-by-code.test',
      'usecases/phone-by-open-data.test',
      'usecases/single-flight.test',
      'usecases/unfinished.test',
      'usecases/written-down.test',
    ),
  },
  {
    id: 'merges',
    title: { zh: '合并账号', en: 'merges of accounts' },
    modules: server('usecases/manage-users', 'usecases/merge-me', 'usecases/merge-users'),
    tests: server('usecases/meanwhile.test', 'usecases/merge-me.test', 'usecases/written-down.test'),
  },
]

/** The group that `WEAPP_AUTH_MUTATION` names; without it all of them as one. */
export function chosenModules(id = process.env.WEAPP_AUTH_MUTATION) {
  const chosen = coreModules.filter(group => id === undefined || group.id === id)
  if (chosen.length === 0)
    throw new TypeError(`"WEAPP_AUTH_MUTATION" must be one of ${coreModules.map(group => group.id)}`)
  const all = field => [...new Set(chosen.flatMap(group => group[field]))]
  return { id: id ?? 'all', modules: all('modules'), tests: all('tests') }
}
