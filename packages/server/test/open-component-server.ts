import { routes } from '@weapp-auth/protocol/contract'
import { encryptPush, pushSignature } from '@weapp-auth/protocol/wechat'
import { createServer, generateKeyring, type ServerEvent } from '../src/index.ts'
import type { AuthorizationOutcome, ComponentGrants, WechatPlatform } from '../src/ports/wechat-platform.ts'
import { createMemoryStore } from '../src/stores/memory/index.ts'
import { entriesOf } from '../src/usecases/verify-audit.ts'
import { createFakeWechat } from './fake-wechat.ts'
import { appId, issuer } from './open-server.ts'

const component = {
  appId: 'wx00000000000000c1',
  secret: 'only-for-the-test',
  push: { token: 'OnlyForTheTest', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
}

/** A server of a third-party platform, and WeChat written by hand: pushes, and answers codes as told. */
export function openComponentServer() {
  const time = { now: 1_800_000_000_000 }
  const clock = { now: () => time.now }
  const store = createMemoryStore()
  const events: ServerEvent[] = []
  const answers: (AuthorizationOutcome | Error)[] = []
  const asked: string[] = []
  let grants: ComponentGrants | undefined
  const wechat: WechatPlatform = {
    ...createFakeWechat(clock).platform,
    setComponent(introduced) {
      grants = introduced.grants
    },
    async authorization({ code }) {
      asked.push(code)
      const answer = answers.shift()
      if (answer === undefined) throw new Error('nobody said what WeChat answers')
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const server = createServer({
    apps: [{ appId, component: component.appId }],
    components: [component],
    // Who counts for operators stands in front of the client of WeChat.
    operators: [{ name: 'olga', token: 'only-for-the-test-0123456789-0123456789', role: 'viewer' }],
    store,
    wechat,
    keys: generateKeyring(),
    issuer,
    clock,
    observe: event => events.push(event),
  })
  if (!grants) throw new Error('the client of WeChat was not told of the platform')
  let count = 0

  function push(infoType: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    count += 1
    const seconds = String(Math.floor(time.now / 1000))
    const all = { AppId: component.appId, CreateTime: seconds, InfoType: infoType, ...fields }
    const inner = Object.entries(all).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    const { token, encodingAesKey } = component.push
    const message = `<xml>${inner.join('')}</xml>`
    const encrypt = encryptPush({ encodingAesKey, appId: component.appId, message, random: new Uint8Array(16) })
    const stamp = { timestamp: seconds, nonce: `${count}` }
    const query = new URLSearchParams({ ...stamp, msg_signature: pushSignature({ ...stamp, token, encrypt }) })
    const path = routes.wechatComponent.replace('{componentAppId}', component.appId)
    const body = `<xml><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`
    return server.fetch(new Request(`${issuer}${path}?${query}`, { method: 'POST', body }))
  }

  const place = { componentAppId: component.appId, appId }
  return {
    server,
    store,
    time,
    events,
    answers,
    asked,
    appId,
    place,
    grants,
    granted: (refreshToken: string): AuthorizationOutcome => ({ status: 'ok', authorization: { appId, refreshToken } }),
    pushAuthorized: (code: string) => push('authorized', { AuthorizerAppid: appId, AuthorizationCode: code }),
    pushUnauthorized: () => push('unauthorized', { AuthorizerAppid: appId }),
    row: () => store.readGrant(component.appId, appId),
    async audited() {
      const lines: object[] = []
      for await (const { act, details } of entriesOf(store)) lines.push({ act, ...JSON.parse(details) })
      return lines
    },
  }
}
