import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/**
 * Answers from the files of one folder and from nowhere else; `null` when there is no such file.
 *
 * @param path Below the folder, as in the URL; a path that ends with a slash means its `index.html`.
 */
export async function staticFile(folder: string, path: string): Promise<Response | null> {
  const file = fileOf(folder, path)
  const type = file && types[extname(file)]
  if (!file || !type) return null
  try {
    const content = await readFile(file)
    return new Response(new Uint8Array(content), {
      headers: { 'content-type': type, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' },
    })
  } catch {
    return null
  }
}

function fileOf(folder: string, path: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  const file = normalize(join(folder, decoded.endsWith('/') || decoded === '' ? `${decoded}index.html` : decoded))
  return file.startsWith(normalize(folder + sep)) ? file : null
}
