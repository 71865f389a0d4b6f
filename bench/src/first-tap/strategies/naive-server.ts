import { createDecipheriv } from 'node:crypto'
import type { Fetch, Phone, Tools } from '../strategy.ts'

/** Fields of a JSON body; nothing about them is checked. */
export type Fields = Readonly<Record<string, string | undefined>>

interface NaiveWechat {
  /** code2Session. @throws Error with WeChat's errmsg */
  codeToSession(code: string | undefined): Promise<{ readonly openid: string; readonly session_key: string }>
  /** getuserphonenumber, without openid. @throws Error with WeChat's errmsg */
  phoneByCode(code: string | undefined): Promise<string>
}

const host = 'https://api.weixin.qq.com'

/** WeChat asked as blog posts do it: once, without a deadline. */
export function naiveWechat({ wechat, appId, secret }: Tools): NaiveWechat {
  let token: Promise<string> | null = null

  async function ask(path: string, body?: object): Promise<Record<string, unknown>> {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {}
    const answer = (await (await wechat(new Request(host + path, init))).json()) as Record<string, unknown>
    if (answer.errcode) throw new Error(String(answer.errmsg))
    return answer
  }

  const newToken = async () => {
    const body = { grant_type: 'client_credential', appid: appId, secret }
    return String((await ask('/cgi-bin/stable_token', body)).access_token)
  }
  const accessToken = () => {
    token ??= newToken()
    return token.catch(error => {
      token = null
      throw error
    })
  }

  return {
    async codeToSession(code) {
      const query = `appid=${appId}&secret=${secret}&js_code=${code}&grant_type=authorization_code`
      const { openid, session_key } = await ask(`/sns/jscode2session?${query}`)
      return { openid: String(openid), session_key: String(session_key) }
    },
    async phoneByCode(code) {
      const path = `/wxa/business/getuserphonenumber?access_token=${await accessToken()}`
      const { phone_info } = await ask(path, { code })
      return (phone_info as { readonly purePhoneNumber: string }).purePhoneNumber
    },
  }
}

/** `decrypt` of the sample code. @throws Error when the key is another one */
export function naiveDecrypt(sessionKey = '', iv = '', encryptedData = ''): string {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'))
  const plain = decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8')
  return (JSON.parse(plain) as { readonly purePhoneNumber: string }).purePhoneNumber
}

/** Routes without checks; whatever is thrown becomes status 500. */
export function naiveServer(routes: Readonly<Record<string, (body: Fields, token: string) => Promise<object>>>): Fetch {
  return async request => {
    try {
      const body = (await request.json()) as Fields
      const route = routes[new URL(request.url).pathname]
      if (!route) return Response.json({ msg: 'not found' }, { status: 404 })
      return Response.json(await route(body, request.headers.get('token') ?? ''))
    } catch (error) {
      return Response.json({ msg: String(error) }, { status: 500 })
    }
  }
}

/** `wx.request` with a POST, in callbacks; `data` of an answer that is not JSON has no fields. */
export function post(
  { wx }: Phone,
  path: string,
  data: object,
  callbacks: {
    readonly token?: string
    readonly success: (data: Fields, statusCode: number) => void
    readonly fail?: () => void
  },
): void {
  wx.request({
    url: `https://api.example.com${path}`,
    method: 'POST',
    data,
    header: { token: callbacks.token ?? '' },
    success: ({ data, statusCode }) => callbacks.success(typeof data === 'object' ? (data as Fields) : {}, statusCode),
    fail: () => callbacks.fail?.(),
  })
}
