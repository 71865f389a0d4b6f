/** Paths of the HTTP API, written once for both ends; `{name}` stands for one segment. `DELETE` of `me` takes `?nonce=`. */
export const routes = {
  login: '/v1/login',
  loginPhone: '/v1/login/phone',
  phone: '/v1/phone',
  sms: '/v1/sms',
  smsVerify: '/v1/sms/verify',
  token: '/v1/token',
  logout: '/v1/logout',
  me: '/v1/me',
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
  jwks: '/.well-known/jwks.json',
  health: '/healthz',
  ready: '/readyz',
} as const
