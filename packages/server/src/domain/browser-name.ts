const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const systems = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/**
 * By what an operator tells their sessions apart; nothing more of the header is kept.
 *
 * @example
 * browserName('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36') // 'Chrome, Windows'
 */
export function browserName(userAgent: string | null): string {
  const find = (table: readonly (readonly [string, string])[]) => table.find(([part]) => userAgent?.includes(part))?.[1]
  return [find(browsers) ?? 'other', find(systems)].filter(Boolean).join(', ')
}
