import { compareVersions } from './base-library.ts'
import { knowsOpenType } from './buttons.ts'
import type { WxDevice } from './device.ts'

/** Components and their attributes that `wx.canIUse` knows, with the base library that each came with. */
const COMPONENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  button: {
    'open-type': '1.1.0',
    'open-type.contact': '1.1.0',
    'open-type.share': '1.2.0',
    bindgetphonenumber: '1.2.0',
    bindgetuserinfo: '1.3.0',
    bindopensetting: '2.0.7',
    bindchooseavatar: '2.21.2',
    bindgetrealtimephonenumber: '2.24.4',
    bindagreeprivacyauthorization: '2.32.3',
    'phone-number-no-quota-toast': '3.0.1',
  },
  input: { type: '1.0.0', 'type.nickname': '2.21.2', bindnicknamereview: '2.29.1' },
}
const OPEN_TYPE = 'open-type.'

/**
 * `wx.canIUse('login')`, `wx.canIUse('button.open-type.getPhoneNumber')`. Of an API only the name is looked at, not its
 * parameters.
 */
export function canIUse(wx: Readonly<Record<string, unknown>>, device: WxDevice, schema: unknown): boolean {
  if (typeof schema !== 'string' || schema === '') return false
  const [name = '', ...rest] = schema.split('.')
  const attributes = Object.hasOwn(COMPONENTS, name) ? COMPONENTS[name] : undefined
  if (!attributes) return typeof wx[name] === 'function'
  const attribute = rest.join('.')
  if (attribute === '') return true
  if (name === 'button' && knowsOpenType(device, attribute.replace(OPEN_TYPE, '')))
    return attribute.startsWith(OPEN_TYPE)
  const since = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
  return since !== undefined && compareVersions(device.sdkVersion, since) >= 0
}
