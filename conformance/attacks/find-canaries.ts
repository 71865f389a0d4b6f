/**
 * Numbers of these that a text holds, in any of four spellings. They are those in which a program spills a value without
 * meaning to: as it stands (with `+86` too), grouped for people, in Base64 (bodies, headers, blobs), and byte by byte
 * (percent signs of a URL, hexadecimal of a dump).
 *
 * @example
 * findCanaries(['13812345678'])('tel:+86 138-1234-5678') // ['13812345678']
 */
export function findCanaries(numbers: readonly string[]): (text: string) => readonly string[] {
  const planted = new Set(numbers)
  const among = (text: string) =>
    [...text.matchAll(/(?=(1\d{10}))/g)].flatMap(([, one = '']) => (planted.has(one) ? [one] : []))
  return text => [
    ...new Set([
      ...among(text),
      ...among(text.replace(/(?<=\d)[ ._/-](?=\d)/g, '')),
      ...decoded(text).flatMap(among),
      ...among(text.replace(/%3(\d)/gi, '$1')),
      ...[...text.matchAll(/(?:3\d){11,}/g)].flatMap(([hex]) => among(Buffer.from(hex, 'hex').toString('latin1'))),
    ]),
  ]
}

/** What stands in Base64 or Base64URL, wherever its first byte fell within three. */
function decoded(text: string): readonly string[] {
  const runs = text.match(/[A-Za-z0-9+/_-]{14,}/g) ?? []
  return runs.flatMap(run => [0, 1, 2, 3].map(from => Buffer.from(run.slice(from), 'base64').toString('latin1')))
}
