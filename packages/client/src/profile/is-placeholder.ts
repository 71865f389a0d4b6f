/**
 * What WeChat calls everybody since getUserInfo (2021) and getUserProfile (2022) were retired; the server knows more
 * of them.
 *
 * @example
 * isPlaceholder(' 微信用户 ') // true
 */
export function isPlaceholder(nickname: string): boolean {
  return /^\s*(微信用[户戶]|wechat ?user)\s*$/i.test(nickname)
}
