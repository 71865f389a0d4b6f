import fc from 'fast-check'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** What is no Base64url, and what lax decoders skip or take for something else. */
const strange = ['=', '+', '/', '.', ' ', '\n', '\r', '\t', '\0', '%', '%3D', 'é', 'Ａ', '\ud800', '\u200b']
const letter = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...letters) }, fc.constantFrom(...strange))

/**
 * Texts that are nearly one of these tokens: a letter changed, put in or taken out, halves of two, another spelling of
 * the same bytes; now and then a token as it is, or no token at all.
 *
 * @example
 * fc.assert(fc.property(bentToken(tokens, 'wxa_rt_'), text => read(text) === (made.get(text) ?? null)))
 */
export function bentToken(tokens: readonly string[], prefix: string): fc.Arbitrary<string> {
  const token = fc.constantFrom(...tokens)
  const spot = fc.tuple(token, fc.nat(0xffff))
  const at = (text: string, place: number) => place % (text.length + 1)
  // The last letter carries bits that say nothing; this is where another spelling hides.
  const lastLetter = fc.tuple(token, fc.constantFrom(...letters)).map(([text, last]) => text.slice(0, -1) + last)
  return fc.oneof(
    { weight: 1, arbitrary: token },
    { weight: 4, arbitrary: lastLetter },
    {
      weight: 6,
      arbitrary: fc
        .tuple(spot, letter)
        .map(([[text, place], one]) => text.slice(0, at(text, place)) + one + text.slice(at(text, place) + 1)),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(spot, letter)
        .map(([[text, place], one]) => text.slice(0, at(text, place)) + one + text.slice(at(text, place))),
    },
    {
      weight: 2,
      arbitrary: spot.map(([text, place]) => text.slice(0, at(text, place)) + text.slice(at(text, place) + 1)),
    },
    { weight: 1, arbitrary: spot.map(([text, place]) => text.slice(0, at(text, place))) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(spot, token)
        .map(([[text, place], other]) => text.slice(0, at(text, place)) + other.slice(at(text, place))),
    },
    { weight: 1, arbitrary: token.map(text => text.replaceAll('-', '+').replaceAll('_', '/')) },
    { weight: 1, arbitrary: token.map(text => text.toLowerCase()) },
    { weight: 1, arbitrary: token.map(text => text.slice(prefix.length)) },
    { weight: 1, arbitrary: fc.tuple(letter, token, letter).map(parts => parts.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map(text => prefix + text) },
    { weight: 1, arbitrary: fc.base64String().map(text => prefix + text) },
  )
}
