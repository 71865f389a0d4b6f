/** What WeChat shows for everybody alike: getUserInfo since 2021-04-28, getUserProfile since 2022-11-08. */
const placeholders: ReadonlySet<string> = new Set(['', '微信用户', '微信用戶', 'wechatuser'])

/**
 * True for a name that says nothing about the user: WeChat's stand-in, in any language, case and spacing, or none.
 *
 * @example
 * isPlaceholderNickname('WeChat User') // true
 */
export function isPlaceholderNickname(nickname: string): boolean {
  return placeholders.has(nickname.replace(/\s/g, '').toLowerCase())
}
