import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageTypeOf } from './image-type.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('the type of a picture', () => {
  it.each([
    ['image/jpeg', latin1('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['image/png', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['image/gif', latin1('GIF89a\x01\0')],
    ['image/gif', latin1('GIF87a\x01\0')],
    ['image/webp', latin1('RIFF\x1a\0\0\0WEBPVP8L')],
  ])('is %s by its first bytes', (type, bytes) => {
    expect(imageTypeOf(bytes)).toBe(type)
  })

  it.each([
    ['nothing', ''],
    ['a beginning only', '\xff\xd8'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['XML', '<?xml version="1.0"?><svg/>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['a picture after HTML', '<html>\x89PNG\r\n\x1a\n'],
    ['a picture after a space', ' GIF89a'],
    ['a sound', 'RIFF\x1a\0\0\0WAVEfmt '],
    ['PDF', '%PDF-1.7'],
    ['an icon', '\0\0\x01\0'],
    ['AVIF', '\0\0\0 ftypavif'],
  ])('is none for %s', (_, text) => {
    expect(imageTypeOf(latin1(text))).toBeNull()
  })

  it('is never one that a browser could take for text', () => {
    const textual = fc.string({ unit: 'grapheme-ascii', maxLength: 64 })
    fc.assert(
      fc.property(textual, text => {
        if (!/^(GIF8[79]a|RIFF)/.test(text)) expect(imageTypeOf(latin1(text))).toBeNull()
      }),
    )
  })

  it('does not depend on what follows the beginning', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), rest => {
        expect(imageTypeOf(Buffer.concat([latin1('GIF89a'), rest]))).toBe('image/gif')
      }),
    )
  })
})
