/**
 * WeChat's answer is not what its documentation promises. Names the field, never its value.
 *
 * @example
 * new MalformedAnswer('openid').field // 'openid'
 */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
  readonly code = 'malformed_answer'
  /** The first wrong field, such as `phone_info.countryCode`; `body` when the answer is not an object. */
  readonly field: string

  constructor(field: string) {
    super(`"${field}" of WeChat's answer is missing or malformed`)
    this.field = field
  }
}
