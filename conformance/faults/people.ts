import { randomBytes } from 'node:crypto'
import type { EmulatedApp, EmulatedPerson, PhoneEventDetail } from '@weapp-auth/emulator'
import { type LoginAnswer, routes } from '@weapp-auth/protocol/contract'
import { askFor, type Site } from './site.ts'

/** The mini program that everything happens in, and another one that must not notice. */
export const shop: EmulatedApp = {
  appId: 'wx00000000000000a1',
  secret: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
  name: 'Corner Shop',
}
export const bakery: EmulatedApp = {
  appId: 'wx00000000000000b2',
  secret: 'f9e8d7c6b5a493827160f5e4d3c2b1a0',
  name: 'Bakery',
}

/** Who takes part in a cell: the one it is about, and one whose session is open all the time. */
export const lin: EmulatedPerson = { id: 'lin', name: 'Lin', phones: [{ number: '13812345678' }] }
export const mo: EmulatedPerson = { id: 'mo', name: 'Mo', phones: [{ number: '13987654321' }] }

export const newNonce = () => randomBytes(16).toString('base64url')

/** A person who is logged in. */
export interface Visitor {
  readonly person: EmulatedPerson
  readonly userId: string
  readonly loginId: string
  readonly accessToken: string
  readonly refreshToken: string
}

/** What `wx.login` gives on this person's phone. */
export async function loginCode(site: Site, person: EmulatedPerson, app: EmulatedApp = site.app): Promise<string> {
  const phone = site.emulator.wx(person.id, app.appId)
  phone.show()
  const { code = '' } = (await phone.wx.login()) as { code?: string }
  site.secrets.add(code)
  return code
}

/** Logs a person in, as their phone does. */
export async function visit(site: Site, person: EmulatedPerson, app: EmulatedApp = site.app): Promise<Visitor> {
  const body = { appId: app.appId, code: await loginCode(site, person, app), nonce: newNonce() }
  const { user, loginId, tokens } = await askFor<LoginAnswer>(site, routes.login, { body })
  keepTokens(site, tokens)
  return { person, userId: user.id, loginId, ...tokens }
}

/** What the phone button gives; `sheet` is what the person decides. */
export async function tap(site: Site, { person }: Visitor): Promise<Required<Omit<PhoneEventDetail, 'errno'>>> {
  const phone = site.emulator.wx(person.id, site.app.appId)
  phone.show()
  phone.decide({ decision: 'allow' })
  const { code = '', encryptedData = '', iv = '', errMsg } = await phone.tapPhoneButton()
  for (const secret of [code, encryptedData]) site.secrets.add(secret)
  return { code, encryptedData, iv, errMsg }
}

/** Binds somebody's number by code, after which the server has an access_token of WeChat. */
export async function warm(site: Site): Promise<void> {
  const visitor = await visit(site, mo)
  const { code } = await tap(site, visitor)
  await askFor(site, routes.phone, { token: visitor.accessToken, body: { code, nonce: newNonce() } })
}

export function keepTokens(site: Site, tokens: { readonly accessToken: string; readonly refreshToken: string }): void {
  for (const token of [tokens.accessToken, tokens.refreshToken]) site.secrets.add(token)
}

/** The openid of a person in the app of the site. */
export function openIdOf({ emulator, app }: Site, person: EmulatedPerson): string {
  const use = emulator.control.state().uses.find(use => use.personId === person.id && use.appId === app.appId)
  if (!use) throw new Error(`${person.id} has not used ${app.appId}`)
  return use.openId
}
