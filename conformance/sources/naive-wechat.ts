import { createDecipheriv } from 'node:crypto'
import { app } from '../stage.ts'

/** A server written straight from a source document, as many are. */
export type NaiveServer = (request: Request) => Promise<Response>

export type Fields = Readonly<Record<string, string>>

interface Session {
  readonly openid: string
  readonly session_key: string
}

/** What the documents' servers do with WeChat: exchange a code. */
export async function code2Session(wechat: NaiveServer, code: string): Promise<Session> {
  const { appId, secret } = app
  const query = new URLSearchParams({ appid: appId, secret, js_code: code, grant_type: 'authorization_code' })
  const answer = await wechat(new Request(`https://api.weixin.qq.com/sns/jscode2session?${query}`))
  const body = (await answer.json()) as Partial<Session> & { readonly errmsg?: string }
  if (!body.openid || !body.session_key) throw new Error(body.errmsg)
  return { openid: body.openid, session_key: body.session_key }
}

/** And open a ciphertext, without a look at who made it, for whom and when. */
export function decipher(sessionKey: string, encryptedData: string, iv: string): Fields {
  const cipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'))
  const bytes = Buffer.concat([cipher.update(Buffer.from(encryptedData, 'base64')), cipher.final()])
  return JSON.parse(bytes.toString()) as Fields
}

/** Answers by path; what a handler throws becomes a 500 with its message, as in most frameworks. */
export function serveNaively(
  routes: Readonly<Record<string, (fields: Fields) => object | Promise<object>>>,
): NaiveServer {
  return async request => {
    const { pathname, searchParams } = new URL(request.url)
    const handle = routes[pathname]
    if (!handle) return Response.json({ msg: 'not found' }, { status: 404 })
    try {
      const body = request.method === 'GET' ? Object.fromEntries(searchParams) : await request.json()
      return Response.json(await handle(body as Fields))
    } catch (error) {
      return Response.json({ msg: error instanceof Error ? error.message : 'failed' }, { status: 500 })
    }
  }
}
