import { parse, stringify } from 'uuid'

/** The 16 bytes of a UUID. Throws TypeError for any other text. */
export function uuidToBytes(uuid: string): Uint8Array {
  return parse(uuid)
}

/** The UUID of the first 16 bytes. */
export function bytesToUuid(bytes: Uint8Array): string {
  return stringify(bytes)
}
