/**
 * Open data that cannot be trusted. Deliberately one class with one message and no cause: telling bad padding from bad
 * JSON or from a foreign watermark would let an attacker forge a phone number in about 20,000 requests (a padding
 * oracle; AES-CBC has no integrity of its own).
 *
 * @example
 * new OpenDataInvalid().code // 'open_data_invalid'
 */
export class OpenDataInvalid extends Error {
  override readonly name = 'OpenDataInvalid'
  readonly code = 'open_data_invalid'

  constructor() {
    super('the open data could not be confirmed')
  }
}
