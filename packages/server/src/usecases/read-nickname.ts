import { isPlaceholderNickname } from '@weapp-auth/protocol/wechat'
import { ProblemError } from '../domain/problem-error.ts'

/** Characters of a nickname. */
const most = 32
/** Control characters, halves of a surrogate pair, line and paragraph separators, and marks that turn the direction of text. */
const refused = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u
/** Something to see: not only spaces, marks, joiners or the Hangul fillers, which are letters without a shape. */
const visible = /[^\p{C}\p{Z}\p{M}\u115f\u1160\u3164\uffa0]/u

/**
 * A nickname as it is stored: trimmed, NFC.
 *
 * @throws ProblemError request_invalid that names the field; profile_placeholder for a name that says nothing.
 *
 * @example
 * readNickname(' 小明 ') // '小明'
 */
export function readNickname(text: string): string {
  const nickname = text.trim().normalize('NFC')
  if (refused.test(nickname)) throw invalid('must not have control characters or marks that turn the direction of text')
  if ([...nickname].length > most) throw invalid(`must have at most ${most} characters`)
  if (!visible.test(nickname) || isPlaceholderNickname(nickname))
    throw new ProblemError('profile_placeholder', { field: 'nickname' })
  return nickname
}

/**
 * A nickname that WeChat gave: what a user may not type is left out instead of refused. `null` when nothing is left,
 * or only WeChat's placeholder.
 *
 * @example
 * tidyNickname('小\u202e明') // '小明'
 */
export function tidyNickname(text: string): string | null {
  const kept = text.replace(new RegExp(refused, 'gu'), '').normalize('NFC').trim()
  const nickname = [...kept].slice(0, most).join('').trim()
  return visible.test(nickname) && !isPlaceholderNickname(nickname) ? nickname : null
}

function invalid(rule: string): ProblemError {
  return new ProblemError('request_invalid', { field: 'nickname', detail: `"nickname" ${rule}` })
}
