/**
 * `npm run bench -- --hot-paths`: the cryptography of a request against node:crypto alone doing the same, in turns.
 * Prints operations per second. It lies here because the vault and the tokens are no public entry points.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { decryptOpenData, decryptPush, encryptPush } from '@weapp-auth/protocol/wechat'
import { generateKeyring } from '@weapp-auth/server'
import { createAccessTokens } from '../dist/keys/access-token.js'
import { createPooledRandom } from '../dist/keys/pooled-random.js'
import { openRing } from '../dist/keys/ring.js'
import { createVault } from '../dist/keys/vault.js'

const rounds = Number(process.argv[2] ?? 9)
const milliseconds = Number(process.argv[3] ?? 300)

const appId = 'wxba5fad812f8e6fb9'
const userId = '01980000-0000-7000-8000-000000000001'
const gcm = { authTagLength: 16 }

function openData() {
  const [key, iv] = [randomBytes(16), randomBytes(16)]
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  const watermark = { timestamp: 1_795_161_600, appid: appId }
  const text = JSON.stringify({
    phoneNumber: '13800138000',
    purePhoneNumber: '13800138000',
    countryCode: '86',
    watermark,
  })
  const encryptedData = cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
  const input = { sessionKey: key.toString('base64'), encryptedData, iv: iv.toString('base64') }
  return {
    ours: () => decryptOpenData(input),
    bare() {
      const decipher = createDecipheriv(
        'aes-128-cbc',
        Buffer.from(input.sessionKey, 'base64'),
        Buffer.from(input.iv, 'base64'),
      )
      const plain = decipher.update(input.encryptedData, 'base64', 'utf8') + decipher.final('utf8')
      return JSON.parse(plain)
    },
  }
}

const keys = generateKeyring()
const random = createPooledRandom()
const vault = createVault({ ring: openRing(keys), random })
const place = { table: 'phone', column: 'number', appId: '-', row: '01980000-0000-7000-8000-000000000002' }
const data = Buffer.from(`wxauth|v1|phone|number|-|${userId}|${place.row}`)
const number = '+8613800138000'
const plainKey = randomBytes(32)

function bareSeal(key, plain) {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, gcm).setAAD(data)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function bareOpen(key, record) {
  const decipher = createDecipheriv('aes-256-gcm', key, record.subarray(0, 12), gcm)
  decipher.setAAD(data).setAuthTag(record.subarray(-16))
  return Buffer.concat([decipher.update(record.subarray(12, -16)), decipher.final()])
}

function sealing() {
  const { key } = vault.createUserKey(userId)
  const record = key.seal(number, place)
  const bare = bareSeal(plainKey, number)
  return {
    seal: { ours: () => key.seal(number, place), bare: () => bareSeal(plainKey, number) },
    open: { ours: () => key.open(record, place), bare: () => bareOpen(plainKey, bare).toString() },
  }
}

function unwrapping() {
  const { wrapped } = vault.createUserKey(userId)
  const bare = bareSeal(plainKey, randomBytes(32))
  return { ours: () => vault.openUserKey({ id: userId, wrappedKey: wrapped }), bare: () => bareOpen(plainKey, bare) }
}

function tokens() {
  const clock = { now: () => 1_795_161_600_000 }
  const issuer = 'https://auth.example.com'
  const options = {
    signing: keys.signing,
    issuer,
    audience: issuer,
    clock,
    newId: () => randomBytes(16).toString('hex'),
  }
  const access = createAccessTokens(options)
  const claims = { userId, appId, sessionId: userId }
  const token = access.mint(claims)
  // One more than are remembered, so that none is when its turn comes again.
  const many = Array.from({ length: 10_001 }, () => access.mint(claims))
  let turn = 0
  const pair = generateKeyPairSync('ed25519')
  const privateKey = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const publicKey = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const text = Buffer.from(token.slice(0, token.lastIndexOf('.')))
  const signature = sign(null, text, privateKey)
  return {
    sign: { ours: () => access.mint(claims), bare: () => sign(null, text, privateKey) },
    verify: {
      ours() {
        turn = (turn + 1) % many.length
        return access.verify(many[turn])
      },
      bare: () => verify(null, text, publicKey, signature),
    },
    again: { ours: () => access.verify(token), bare: () => createHash('sha256').update(token).digest() },
  }
}

function push() {
  const encodingAesKey = 'a'.repeat(43)
  const message = JSON.stringify({ Event: 'user_authorization_revoke', OpenID: 'o'.repeat(28), AppID: appId })
  const encrypt = encryptPush({ encodingAesKey, appId, message, random: randomBytes(16) })
  return {
    ours: () => decryptPush({ encodingAesKey, appId, encrypt }),
    bare() {
      const key = Buffer.from(`${encodingAesKey}=`, 'base64')
      const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
      const plain = Buffer.concat([decipher.update(encrypt, 'base64'), decipher.final()])
      return plain.toString('utf8', 20, 20 + plain.readUInt32BE(16))
    },
  }
}

const { seal, open } = sealing()
const token = tokens()
const paths = [
  ['decryptOpenData, 130 bytes', openData()],
  ['seal a phone number', seal],
  ['open a phone number', open],
  ['unwrap a user key', unwrapping()],
  ['sign an access token', token.sign],
  ['verify it the first time', token.verify],
  ['verify it again (bare: SHA-256)', token.again],
  ['decryptPush', push()],
]

/** Operations per second. */
function rate(work) {
  let count = 0
  const start = performance.now()
  let elapsed = 0
  while (elapsed < milliseconds) {
    for (let n = 0; n < 20; n += 1) work()
    count += 20
    elapsed = performance.now() - start
  }
  return (count * 1000) / elapsed
}

const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

process.stdout.write('                                    ours/s      bare/s   of bare\n')
for (const [name, { ours, bare }] of paths) {
  const rates = { ours: [], bare: [] }
  for (let round = 0; round <= rounds; round += 1) {
    const [own, other] = [rate(ours), rate(bare)]
    if (round === 0) continue
    rates.ours.push(own)
    rates.bare.push(other)
  }
  const [own, other] = [median(rates.ours), median(rates.bare)]
  const cells = [Math.round(own), Math.round(other)].map(value => value.toLocaleString('en').padStart(12))
  process.stdout.write(`${name.padEnd(30)}${cells.join('')}${(own / other).toFixed(2).padStart(10)}\n`)
}
