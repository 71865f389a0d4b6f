/** Paths of the HTTP API, written once for both ends. */
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
  jwks: '/.well-known/jwks.json',
  health: '/healthz',
  ready: '/readyz',
} as const
