/** WeChat's `errmsg`, taken apart. */
export interface Errmsg {
  /** What WeChat says, without the ids. */
  readonly text: string
  /** Request id: quote it to WeChat, or look it up with getRidInfo within 7 days. */
  readonly rid?: string
  /** The older id, in brackets. */
  readonly hint?: string
}

/**
 * Takes an `errmsg` apart. Three shapes are known: `…, rid: a-b-c`, `… hint: [id] rid: a-b-c` and, before 2020,
 * `…, hints: [ req_id: id ]`.
 *
 * @example
 * parseErrmsg('invalid code, rid: 6129ee10-272863a4-64d75414')
 * // { text: 'invalid code', rid: '6129ee10-272863a4-64d75414' }
 */
export function parseErrmsg(errmsg: string): Errmsg {
  const rid = /\brid: ?([0-9a-z]{8}-[0-9a-z]{8}-[0-9a-z]{8})/.exec(errmsg)
  const hint = /\bhints?: ?\[ ?(?:req_id: ?)?([\w-]{1,64}) ?\]/.exec(errmsg)
  const end = Math.min(rid?.index ?? errmsg.length, hint?.index ?? errmsg.length)
  return {
    text: errmsg.slice(0, end).replace(/[\s,]{1,8}$/, ''),
    ...(rid?.[1] === undefined ? {} : { rid: rid[1] }),
    ...(hint?.[1] === undefined ? {} : { hint: hint[1] }),
  }
}
