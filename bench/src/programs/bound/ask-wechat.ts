import { Pool } from 'undici'

const json = { 'content-type': 'application/json' }

/** WeChat, over undici's pool and its lowest call. */
export function askWechat(upstream: string, connections: number) {
  const pool = new Pool(upstream, { connections, pipelining: 1 })

  return function ask(
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    done: (answer: Record<string, unknown>) => void,
    failed: (error: unknown) => void,
  ): void {
    let text = ''
    pool.dispatch(
      { method, path, body, headers: body === null ? {} : json },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          text += chunk.toString('latin1')
        },
        onResponseEnd() {
          try {
            const answer = JSON.parse(text)
            if (answer.errcode) throw new Error(`errcode ${answer.errcode}`)
            done(answer)
          } catch (error) {
            failed(error)
          }
        },
        onResponseError(_controller, error) {
          failed(error)
        },
      },
    )
  }
}
