/** One HTTP/1.1 answer. `body` holds bytes as Latin-1 characters until somebody asks for the JSON in it. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/**
 * Collects the pieces of one answer at a time; gives it once it is whole, `null` before. Knows just what a server may
 * say to a keep-alive client without pipelining: a length or chunks (RFC 9112, 6).
 */
export function createAnswerReader(): (piece: string) => Answer | null {
  let text = ''
  return piece => {
    text = text === '' ? piece : text + piece
    const answer = readAnswer(text)
    if (answer !== null) text = ''
    return answer
  }
}

function readAnswer(text: string): Answer | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const status = Number(text.slice(9, 12))
  const head = text.slice(0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const size = end + 4 + Number(length)
    return text.length < size ? null : { status, body: text.slice(end + 4, size) }
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`an answer without a length: ${head}`)
  const body = readChunks(text, end + 4)
  return body === null ? null : { status, body }
}

function readChunks(text: string, start: number): string | null {
  let body = ''
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    const next = lineEnd + 2 + size + 2
    if (text.length < next) return null
    if (size === 0) return body
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = next
  }
}

/** The JSON of an answer. */
export const jsonOf = (answer: Answer): unknown => JSON.parse(Buffer.from(answer.body, 'latin1').toString('utf8'))
