import type { Random } from '../ports/random.ts'
import type { Ring } from './ring.ts'
import { keyIdOf, type Place, seal, unseal } from './sealed-record.ts'

/** What a job is about, sealed with a root key: the user whom it names may have no key of their own yet, or no more. */
export interface JobSeal {
  seal(job: JobName, text: string): Uint8Array
  /** Throws `SealBroken`. */
  open(job: JobName & { readonly sealed: Uint8Array }): string
}

interface JobName {
  readonly id: string
  readonly appId: string
}

/**
 * @example
 * createJobSeal({ ring: openRing(keys), random }).seal({ id, appId }, '{"openId":"…"}')
 */
export function createJobSeal({ ring, random }: { readonly ring: Ring; readonly random: Random }): JobSeal {
  return {
    seal(job, text) {
      const { id: keyId } = ring.primary
      const key = ring.primary.of('seal/job')
      return seal({ key, keyId, place: placeOf(job), plain: Buffer.from(text), nonce: random.bytes(12) })
    },
    open({ sealed, ...job }) {
      const key = ring.byId(keyIdOf(sealed)).of('seal/job')
      return unseal({ key, place: placeOf(job), record: sealed }).toString()
    },
  }
}

function placeOf({ id, appId }: JobName): Place {
  return { table: 'job', column: 'sealed', appId, userId: '-', row: id }
}
