import { type Auth, OptionInvalid } from '../index.ts'

declare function getApp(options: { readonly allowDefault: true }): { readonly auth?: Auth }

/**
 * The client that the app keeps: components cannot be handed functions, so they take it from `App({ auth })`.
 *
 * @throws OptionInvalid when there is none.
 */
export function appAuth(): Auth {
  const { auth } = getApp({ allowDefault: true })
  if (!auth) throw new OptionInvalid('auth', 'must be given to the app: App({ auth })', '必须交给应用：App({ auth })')
  return auth
}
