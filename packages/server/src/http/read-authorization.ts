/** What an `authorization` header holds. */
interface Authorization {
  /** In lower case: its spelling does not matter (RFC 9110, section 11.1). */
  readonly scheme: string
  /** All that follows, so that what is behind a good token makes it a bad one. */
  readonly credentials: string
}

/**
 * Splits the header; both empty when it is not there.
 *
 * @example
 * readAuthorization('bearer abc d') // { scheme: 'bearer', credentials: 'abc d' }
 */
export function readAuthorization(header: string | null): Authorization {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.+)$/.exec(header ?? '') ?? []
  return { scheme: scheme.toLowerCase(), credentials }
}
