const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' })

/**
 * A nickname as it may be shown to others: its first character, and two stars whatever its length.
 *
 * @example
 * maskNickname('小明') // '小**'
 */
export function maskNickname(nickname: string): string {
  const [first] = graphemes.segment(nickname)
  return `${first?.segment ?? ''}**`
}
