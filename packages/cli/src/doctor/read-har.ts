import { CliFault } from '../cli-fault.ts'
import type { Scanned } from './read-scanned.ts'

/** What is used of a recording (HAR 1.2), each field only if it is there. */
interface Entry {
  readonly request?: { readonly method?: string; readonly url?: string; readonly postData?: { readonly text?: string } }
  readonly response?: { readonly content?: { readonly text?: string; readonly encoding?: string } }
}

/**
 * The requests and answers of a recording, as developer tools and proxies export it.
 *
 * @throws CliFault `data` when it is none.
 */
export function readHar(path: string, text: string): readonly Scanned[] {
  return entriesOf(path, text).flatMap(({ request = {}, response = {} }, index) => {
    const { method = 'GET', url = '', postData } = request
    const { text = '', encoding } = response.content ?? {}
    const name = `${path} #${index + 1} ${method} ${url.split('?')[0]}`
    const answer = encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text
    return [
      { name: `${name} (request)`, text: `${url}\n${postData?.text ?? ''}`, as: 'request' },
      { name, text: answer, as: 'answer' },
    ]
  })
}

function entriesOf(path: string, text: string): readonly Entry[] {
  try {
    const { log } = JSON.parse(text) as { readonly log?: { readonly entries?: unknown } }
    if (Array.isArray(log?.entries)) return log.entries
  } catch {
    // It is told below.
  }
  throw new CliFault('data', {
    zh: `${path} 不是 HAR 文件：应当是含 log.entries 的 JSON。`,
    en: `${path} is no HAR file: it must be JSON with log.entries.`,
  })
}
