import type { Platform } from '../platform/platform.ts'
import { type Asymmetric, signatureOf } from './algorithms.ts'

/** A key that WeChat signs the answers to an app with. */
interface PlatformKeyPair extends PlatformKey {
  readonly privateKey: string
}

interface Ring {
  made: number
  current: PlatformKeyPair
  /** While certificates rotate: the one that goes. */
  former: PlatformKeyPair | null
}

/** What the console shows of a platform certificate. */
export interface PlatformKey {
  readonly algorithm: Asymmetric
  /** Number of the certificate in the console, which is not the serial number inside of it. */
  readonly serial: string
  /** PEM. */
  readonly publicKey: string
  /** X.509, PEM; null for SM2. */
  readonly certificate: string | null
}

/** WeChat's own keys of secure mode, by app; made when they are first needed, kept in snapshots. */
export interface PlatformKeys {
  of(appId: string, algorithm: Asymmetric): Promise<Ring>
  /** A new key; the one before signs along with it until {@link PlatformKeys.endRotation}. */
  rotate(appId: string, algorithm: Asymmetric): Promise<Ring>
  endRotation(appId: string, algorithm: Asymmetric): Promise<Ring>
}

export function createPlatformKeys(platform: Platform): PlatformKeys {
  async function make(appId: string, algorithm: Asymmetric, number: number): Promise<PlatformKeyPair> {
    const { generate } = await signatureOf(algorithm)
    return {
      algorithm,
      serial: platform.derive.hex(`platform certificate ${appId} ${algorithm} ${number}`, 32),
      ...generate(appId),
    }
  }

  async function of(appId: string, algorithm: Asymmetric): Promise<Ring> {
    const { rings } = platform.memory.part('platform-keys', () => ({ rings: new Map<string, Ring>() }))
    const name = `${appId} ${algorithm}`
    const known = rings.get(name)
    if (known) return known
    const made = await make(appId, algorithm, 1)
    // Two calls at once make two keys; the first one to be kept is the key of both.
    const ring = rings.get(name) ?? { made: 1, current: made, former: null }
    rings.set(name, ring)
    return ring
  }

  return {
    of,
    async rotate(appId, algorithm) {
      const ring = await of(appId, algorithm)
      ring.made += 1
      const made = await make(appId, algorithm, ring.made)
      ring.former = ring.current
      ring.current = made
      return ring
    },
    async endRotation(appId, algorithm) {
      const ring = await of(appId, algorithm)
      ring.former = null
      return ring
    },
  }
}

/** Without the private half. */
export function shown({ algorithm, serial, publicKey, certificate }: PlatformKeyPair): PlatformKey {
  return { algorithm, serial, publicKey, certificate }
}
