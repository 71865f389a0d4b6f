import type { Sentence } from '@weapp-auth/protocol/contract'

/**
 * The part of a name for a reader of the language: demo people and apps are called `林小满 Lin Xiaoman`.
 *
 * @example
 * localName('林小满 Lin Xiaoman', 'en') // 'Lin Xiaoman'
 */
export function localName(name: string, language: keyof Sentence): string {
  const both = /^(\p{Script=Han}+)\s+([^\p{Script=Han}]+)$/u.exec(name)
  return both?.[language === 'zh' ? 1 : 2] ?? name
}
