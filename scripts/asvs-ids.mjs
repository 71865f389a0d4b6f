/**
 * The requirements of OWASP ASVS 5.0 that apply here: every applicable one of levels 1 and 2, and those of level 3 that
 * are kept anyway. `1.2.4` is one, `2.1.1-3` is three. A chapter stands under its own name, for what of it does not apply.
 */
const chapters = {
  V1: '1.1.1-2 1.2.1-5 1.2.10 1.3.2-3 1.3.6 1.3.12 1.5.1-3',
  V2: '2.1.1-3 2.2.1-3 2.3.1-5 2.4.1-2',
  V3: '3.2.1-2 3.3.1-4 3.4.1-8 3.5.1 3.5.3 3.7.1',
  V4: '4.1.1-4 4.2.1 4.2.5',
  V5: '5.1.1 5.2.1-3 5.2.6 5.3.1-2 5.4.1-2',
  V6: '6.1.1 6.1.3 6.3.1-4 6.3.7-8 6.4.1 6.4.4 6.5.1-5 6.6.1-3 6.8.1 6.8.4',
  V7: '7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-3 7.6.1',
  V8: '8.1.1-2 8.2.1-3 8.3.1-2 8.4.1',
  V9: '9.1.1-3 9.2.1-4',
  V10: '10.1.1 10.3.1-5 10.4.2-5 10.4.8-11 10.7.2-3',
  V11: '11.1.1-2 11.2.1-5 11.3.1-4 11.4.1 11.4.3 11.5.1-2 11.6.1',
  V12: '12.1.1 12.2.1 12.3.1-4',
  V13: '13.1.1-4 13.2.1-6 13.3.1-2 13.3.4 13.4.1-6',
  V14: '14.1.1-2 14.2.1-4 14.2.6-7 14.3.1-3',
  V15: '15.1.1-3 15.2.1-4 15.3.1-7 15.4.1-3',
  V16: '16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-4',
  V17: '',
}

export const asvsIds = Object.entries(chapters).flatMap(([chapter, text]) => [
  ...text.split(' ').flatMap(expand),
  chapter,
])

function expand(text) {
  const [first, last] = text.split('-')
  if (!first) return []
  const at = first.lastIndexOf('.')
  const from = Number(first.slice(at + 1))
  const count = last ? Number(last) - from + 1 : 1
  return Array.from({ length: count }, (_, index) => `${first.slice(0, at)}.${from + index}`)
}
