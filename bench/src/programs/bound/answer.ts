import type { IncomingMessage, ServerResponse } from 'node:http'

export function send(response: ServerResponse, status: number, text: string) {
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(text.length)])
  response.end(text, 'latin1')
}

export function refuse(response: ServerResponse, status = 400) {
  send(response, status, '{"code":"refused"}')
}

export function withBody(request: IncomingMessage, done: (text: string) => void): void {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', part => {
    text += part
  })
  request.on('end', () => done(text))
}
