/** Components and attribute values that `wx.canIUse` knows. */
const components: Readonly<Record<string, readonly string[]>> = {
  button: ['open-type', 'open-type.getPhoneNumber', 'open-type.contact', 'open-type.share', 'bindgetphonenumber'],
}

/** `wx.canIUse('login')`, `wx.canIUse('button.open-type.getPhoneNumber')`. Parameters of an API are not looked at. */
export function canIUse(wx: Readonly<Record<string, unknown>>, schema: unknown): boolean {
  if (typeof schema !== 'string' || schema === '') return false
  const [name = '', ...rest] = schema.split('.')
  const attributes = components[name]
  if (attributes) return rest.length === 0 || attributes.includes(rest.join('.'))
  return typeof wx[name] === 'function'
}
