import type { Endpoint } from './endpoint.ts'
import { exchangeCode } from './exchange-code.ts'
import { readApp } from './read-app.ts'

/** GET /sns/jscode2session. Unknown query fields, an access_token among them, are no concern of the platform. */
export const codeToSession: Endpoint = {
  name: 'code2Session',
  method: 'GET',
  path: '/sns/jscode2session',
  errmsgStyle: 'sns',
  contentType: 'text/plain',
  handle(platform, call) {
    const { query } = call
    const app = readApp(platform, call, query.get('appid'), query.get('secret'))
    return 'granted' in app ? app : exchangeCode(platform, app.appId, query)
  },
}
