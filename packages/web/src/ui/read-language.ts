import type { Sentence } from '@weapp-auth/protocol/contract'

/**
 * @param chosen What the user chose before, or `null`.
 * @param preferred BCP 47 tags, the most wanted first.
 */
export function readLanguage(chosen: string | null, preferred: readonly string[]): keyof Sentence {
  if (chosen === 'zh' || chosen === 'en') return chosen
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0]
    if (primary === 'zh' || primary === 'en') return primary
  }
  return 'zh'
}
