import { WxFail } from './fail.ts'

/** `parameter error: parameter.url should be String instead of Undefined;`, the text of the base library. */
export function checkText(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  throw new WxFail(`parameter error: parameter.${name} should be String instead of ${kind};`, 1001)
}
