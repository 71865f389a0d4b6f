/** An HTTP/1.1 request as text; bodies of the bench are ASCII, so characters are bytes. */
export function requestBytes(method: 'GET' | 'POST', path: string, token: string | null, body?: object): string {
  const authorization = token === null ? '' : `authorization: Bearer ${token}\r\n`
  if (body === undefined) return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${authorization}\r\n`
  const text = JSON.stringify(body)
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${authorization}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}

/** The same for a form of the OAuth endpoints, with HTTP Basic. */
export function formBytes(path: string, credentials: { readonly id: string; readonly secret: string }, text: string) {
  const basic = Buffer.from(`${credentials.id}:${credentials.secret}`).toString('base64')
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Basic ${basic}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}
