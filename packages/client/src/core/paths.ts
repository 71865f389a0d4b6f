import type { routes } from '@weapp-auth/protocol/contract'

/** The routes that the client calls; the type holds them to the contract, the others need not be shipped. */
export const paths: Pick<typeof routes, 'login' | 'phone' | 'token' | 'logout' | 'me'> = {
  login: '/v1/login',
  phone: '/v1/phone',
  token: '/v1/token',
  logout: '/v1/logout',
  me: '/v1/me',
}
