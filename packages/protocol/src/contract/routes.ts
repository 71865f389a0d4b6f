/** Paths of the HTTP API, written once for both ends; `{name}` stands for one segment. `DELETE` of `me` takes `?nonce=`. */
export const routes = {
  login: '/v1/login',
  loginPhone: '/v1/login/phone',
  phone: '/v1/phone',
  sms: '/v1/sms',
  smsVerify: '/v1/sms/verify',
  token: '/v1/token',
  logout: '/v1/logout',
  logoutAll: '/v1/logout/all',
  /** `POST`: what clients count of the phone button. */
  steps: '/v1/steps',
  me: '/v1/me',
  mySessions: '/v1/me/sessions',
  mySession: '/v1/me/sessions/{id}',
  myPhones: '/v1/me/phones',
  profile: '/v1/profile',
  /** `POST` multipart/form-data with the file field `avatar` (as `wx.uploadFile` sends it) or a raw `image/*` body. */
  avatar: '/v1/profile/avatar',
  profileOpenData: '/v1/profile/open-data',
  avatarFile: '/v1/avatars/{key}',
  consents: '/v1/consents',
  consent: '/v1/consents/{scope}',
  myConsents: '/v1/me/consents',
  myExport: '/v1/me/export',
  /** `POST` merges another account of the same person into this one, `GET` lists the merges. */
  myMerges: '/v1/me/merge',
  mergeCode: '/v1/me/merge/code',
  mergePreview: '/v1/me/merge/preview',
  mergeUndo: '/v1/me/merge/undo',
  introspect: '/v1/introspect',
  revoke: '/v1/revoke',
  oauthToken: '/v1/oauth/token',
  wechatAccessToken: '/v1/wechat/access-token',
  /** Where WeChat pushes its events. `GET` is the check of the URL. */
  wechatPush: '/v1/wechat/push/{appId}',
  /** Where WeChat tells a third-party platform about itself: tickets, and who authorized it. */
  wechatComponent: '/v1/wechat/component/{componentAppId}',
  jwks: '/.well-known/jwks.json',
  /** Server metadata (RFC 8414), and the same under the name that OpenID libraries look for. */
  oauthMetadata: '/.well-known/oauth-authorization-server',
  openidConfiguration: '/.well-known/openid-configuration',
  openapi: '/openapi.json',
  /** The same document for people. */
  reference: '/reference',
  /** Prometheus text, when the server is given metrics. */
  metrics: '/metrics',
  health: '/healthz',
  ready: '/readyz',
} as const
