/** What Node alone costs: the body read to its end, one fixed answer, no look at what was asked. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveCommands } from './serve-commands.ts'

const ANSWER = Buffer.from(
  '{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"13000000000","purePhoneNumber":"13000000000","countryCode":"86","watermark":{"timestamp":1795161600,"appid":"wxbe9c000000000001"}}}',
)

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8', 'content-length': ANSWER.length })
    response.end(ANSWER)
  })
})
server.listen(0, '127.0.0.1', () => serveCommands({ port: (server.address() as AddressInfo).port }))
