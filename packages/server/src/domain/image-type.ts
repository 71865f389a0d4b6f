/** Pictures that a browser shows and that run nothing. SVG is a document with scripts, so it is not among them. */
export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif'

/** The first bytes of each kind; a gap stands for any byte. */
const beginnings: readonly (readonly [ImageType, readonly (number | null)[]])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')]],
  ['image/gif', [...Buffer.from('GIF87a')]],
  ['image/gif', [...Buffer.from('GIF89a')]],
  ['image/webp', [...Buffer.from('RIFF'), null, null, null, null, ...Buffer.from('WEBPVP8')]],
]

/**
 * What a file is by its first bytes, whatever its name or its sender says; `null` for everything else.
 *
 * @example
 * imageTypeOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)) // 'image/jpeg'
 */
export function imageTypeOf(bytes: Uint8Array): ImageType | null {
  const found = beginnings.find(([, beginning]) => beginning.every((byte, at) => byte === null || byte === bytes[at]))
  return found?.[0] ?? null
}
