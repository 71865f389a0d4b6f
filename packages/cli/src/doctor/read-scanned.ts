import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { CliFault } from '../cli-fault.ts'
import { readHar } from './read-har.ts'
import type { ScannedAs } from './scan.ts'

/** One text to look through. */
export interface Scanned {
  /** Its file or URL, without a query: that may hold a secret. */
  readonly name: string
  readonly text: string
  readonly as: ScannedAs
}

/** A web-standard fetch. */
export type Fetch = (request: Request) => Promise<Response>

const codeFiles = ['.js', '.mjs', '.cjs', '.ts', '.tsx', '.jsx', '.json', '.wxml', '.wxs', '.vue', '.html', '.map']
const leftOut = ['node_modules', '.git']
/** Larger ones are no code that anybody wrote or compiled for a mini program: a package has 2 MB at most. */
const largest = 8 * 1024 * 1024

/**
 * Reads what is to be scanned: a URL, a recorded HAR file, a file, or a folder.
 *
 * @throws CliFault `unavailable` or `data`.
 */
export async function readScanned(target: string, fetch: Fetch): Promise<readonly Scanned[]> {
  if (/^https?:\/\//i.test(target)) return [await readUrl(target, fetch)]
  const kind = await stat(target).catch(error => {
    throw unreadable(target, error)
  })
  if (kind.isDirectory()) return readFolder(target)
  const text = await readFile(target, 'utf8')
  if (extname(target) === '.har') return readHar(target, text)
  // A single JSON file is a saved answer; within a folder it belongs to the program.
  return [{ name: target, text, as: extname(target) === '.json' ? 'answer' : 'code' }]
}

async function readFolder(folder: string): Promise<readonly Scanned[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const read = entries
    .filter(({ name }) => !leftOut.includes(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(async (entry): Promise<readonly Scanned[]> => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return readFolder(path)
      if (!entry.isFile() || !codeFiles.includes(extname(entry.name)) || (await stat(path)).size > largest) return []
      return [{ name: path, text: await readFile(path, 'utf8'), as: 'code' }]
    })
  return (await Promise.all(read)).flat()
}

/** How long an answer may take. */
const patienceMs = 15_000

/** One GET, and no redirect: an answer must not lead this machine into a network of its own. */
async function readUrl(target: string, fetch: Fetch): Promise<Scanned> {
  const url = URL.canParse(target) ? new URL(target) : null
  if (url === null) throw unreadable(target)
  const name = `${url.origin}${url.pathname}`
  const request = new Request(url, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
  const response = await fetch(request).catch(error => {
    throw unreadable(name, error)
  })
  if (response.status >= 300 && response.status < 400) throw redirected(name)
  const text = await readText(response).catch(error => {
    throw unreadable(name, error)
  })
  const isCode = /html|javascript/.test(response.headers.get('content-type') ?? '')
  return { name, text, as: isCode ? 'code' : 'answer' }
}

/** The text, as far as it is looked at. */
async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > largest) break
  }
  return text
}

function unreadable(name: string, cause?: unknown): CliFault {
  const sentence = {
    zh: `无法读取 ${name}。请检查路径或网址是否正确、能否访问。`,
    en: `${name} cannot be read. Check that the path or URL is right and can be reached.`,
  }
  return new CliFault('unavailable', sentence, cause)
}

function redirected(name: string): CliFault {
  return new CliFault('unavailable', {
    zh: `${name} 要求跳转。扫描不跟随跳转，以免被引向内网；请直接给出最终的网址。`,
    en: `${name} redirects. A scan follows no redirect, so that it is not led into a private network: give the final URL.`,
  })
}
