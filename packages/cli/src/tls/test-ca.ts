import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  authorityExtensions,
  type Certified,
  issueCertificate,
  newKeys,
  serverExtensions,
} from '@weapp-auth/emulator/certificates'
import { CliFault } from '../cli-fault.ts'
import { describePath } from '../read-config.ts'

/** The host names of WeChat's server API: the usual one, its spare, and those of three regions. */
export const wechatHosts = [
  'api.weixin.qq.com',
  'api2.weixin.qq.com',
  'sh.api.weixin.qq.com',
  'sz.api.weixin.qq.com',
  'hk.api.weixin.qq.com',
] as const

/** A certificate authority for tests, good for WeChat's names and this machine and for nothing else. */
export interface TestCa {
  /** The certificate that clients must trust, in PEM. */
  readonly file: string
  /** For WeChat's host names, localhost and 127.0.0.1. */
  readonly server: Certified
}

const NAME = 'weapp-auth emulator test CA'
const CA_DAYS = 3650
/** Clients refuse what lives longer. */
const SERVER_DAYS = 390

/**
 * The test CA of a folder; made once, so that whoever trusts it need not do so again.
 *
 * @throws CliFault `cannotCreate`, or `config` when its files are damaged
 */
export async function openTestCa(folder: string): Promise<TestCa> {
  const files = { certificate: resolve(folder, 'emulator-ca.pem'), key: join(folder, 'emulator-ca-key.pem') }
  const { key } = (await read(files)) ?? (await make(folder, files))
  const privateKey = createPrivateKey(key)
  const issuer = { name: NAME, privateKey, publicKey: createPublicKey(privateKey) }
  const extensions = serverExtensions([...wechatHosts, 'localhost'])
  return {
    file: files.certificate,
    server: issueCertificate(issuer, { name: wechatHosts[0], days: SERVER_DAYS, extensions }),
  }
}

type Files = { readonly certificate: string; readonly key: string }

async function read(files: Files): Promise<Certified | null> {
  try {
    const [certificate, key] = await Promise.all([readFile(files.certificate, 'utf8'), readFile(files.key, 'utf8')])
    const parsed = new X509Certificate(certificate)
    if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key belongs to another certificate')
    return Date.parse(parsed.validTo) > Date.now() ? { certificate, key } : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    const list = `${describePath(files.certificate)}, ${describePath(files.key)}`
    throw new CliFault(
      'config',
      {
        zh: `测试 CA 的文件已损坏（${list}）。删除后会重新生成，客户端要重新信任。`,
        en: `The files of the test CA are damaged (${list}). Delete them: new ones are made, and clients must trust again.`,
      },
      error,
    )
  }
}

async function make(folder: string, files: Files): Promise<Certified> {
  const keys = newKeys()
  const extensions = authorityExtensions(['weixin.qq.com', 'localhost'])
  const made = issueCertificate({ name: NAME, ...keys }, { name: NAME, days: CA_DAYS, extensions }, keys)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(files.key, made.key, { mode: 0o600 })
    await writeFile(files.certificate, made.certificate)
    return made
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliFault(
      'cannotCreate',
      {
        zh: `无法在 ${describePath(folder)} 写入测试 CA（${code}）。`,
        en: `The test CA cannot be written to ${describePath(folder)} (${code}).`,
      },
      error,
    )
  }
}
