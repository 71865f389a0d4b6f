import type { Sentence } from '@weapp-auth/protocol/contract'
import type { PlannedFault } from '../scenario/scenario.ts'

/** Where a fault can be put, in plain words. */
interface FaultPlace {
  readonly on: PlannedFault['on']
  readonly call: string
  readonly name: Sentence
}

/** What can go wrong there. */
interface FaultKind {
  readonly id: string
  readonly fault: PlannedFault['fault']
  readonly name: Sentence
}

export const faultPlaces: readonly FaultPlace[] = [
  { on: 'http', call: 'code2Session', name: { zh: '服务端：用 code 换会话', en: 'Server: code for session' } },
  { on: 'http', call: 'getPhoneNumber', name: { zh: '服务端：取手机号', en: 'Server: get the phone number' } },
  {
    on: 'http',
    call: 'getStableAccessToken',
    name: { zh: '服务端：取 access_token', en: 'Server: get the access token' },
  },
  { on: 'http', call: 'checkEncryptedData', name: { zh: '服务端：核实密文', en: 'Server: check the ciphertext' } },
  { on: 'http', call: 'checkSessionKey', name: { zh: '服务端：核实会话', en: 'Server: check the session' } },
  { on: 'http', call: '*', name: { zh: '服务端：任何微信接口', en: 'Server: any call to WeChat' } },
  { on: 'wx', call: 'login', name: { zh: '手机：wx.login', en: 'Phone: wx.login' } },
  { on: 'wx', call: 'checkSession', name: { zh: '手机：wx.checkSession', en: 'Phone: wx.checkSession' } },
  { on: 'wx', call: 'openPhoneSheet', name: { zh: '手机：打开手机号面板', en: 'Phone: the sheet opens' } },
  { on: 'wx', call: 'closePhoneSheet', name: { zh: '手机：允许之后', en: 'Phone: after the consent' } },
  { on: 'wx', call: 'consents', name: { zh: '手机：读取授权状态', en: 'Phone: reading consents' } },
  { on: 'wx', call: 'userInfo', name: { zh: '手机：取头像昵称', en: 'Phone: name and picture' } },
]

const http: readonly FaultKind[] = [
  { id: 'timeout', fault: 'timeout', name: { zh: '一直没有回应', en: 'never answers' } },
  { id: 'reset', fault: 'reset', name: { zh: '连接中断', en: 'the connection breaks' } },
  { id: 'refused', fault: 'refused', name: { zh: '连接不上', en: 'no connection' } },
  { id: 'slow', fault: { slowMs: 3000 }, name: { zh: '慢三秒', en: 'three seconds late' } },
  { id: 'busy', fault: 'busy', name: { zh: '系统繁忙（-1）', en: 'system busy (-1)' } },
  {
    id: '40001',
    fault: { errcode: 40001 },
    name: { zh: 'access_token 不是最新（40001）', en: 'token not the latest (40001)' },
  },
  { id: '40029', fault: { errcode: 40029 }, name: { zh: 'code 无效（40029）', en: 'invalid code (40029)' } },
  { id: '40163', fault: { errcode: 40163 }, name: { zh: 'code 已被使用（40163）', en: 'code been used (40163)' } },
  { id: '45011', fault: { errcode: 45011 }, name: { zh: '太频繁（45011）', en: 'too often (45011)' } },
  { id: '40164', fault: { errcode: 40164 }, name: { zh: 'IP 不在白名单（40164）', en: 'IP not on the list (40164)' } },
  { id: 'http-500', fault: 'http-500', name: { zh: 'HTTP 500 网页', en: 'a page with HTTP 500' } },
  { id: 'http-502', fault: 'http-502', name: { zh: 'HTTP 502 网页', en: 'a page with HTTP 502' } },
  { id: 'http-503', fault: 'http-503', name: { zh: 'HTTP 503 网页', en: 'a page with HTTP 503' } },
  { id: 'html', fault: 'html', name: { zh: '200，但内容是网页', en: 'status 200 with a web page' } },
  { id: 'truncated', fault: 'truncated', name: { zh: '回应被截断', en: 'the answer is cut off' } },
  { id: 'empty', fault: 'empty', name: { zh: '空的回应', en: 'an empty answer' } },
  { id: 'not-json', fault: 'not-json', name: { zh: '不是 JSON', en: 'no JSON' } },
  { id: 'wrong-type', fault: 'wrong-type', name: { zh: '字段类型不对', en: 'fields of the wrong type' } },
]

const wx: readonly FaultKind[] = [
  { id: 'fail', fault: { fail: 'system error' }, name: { zh: '失败：system error', en: 'fails: system error' } },
  { id: 'time', fault: { fail: 'timeout', errno: 5 }, name: { zh: '失败：timeout', en: 'fails: timeout' } },
  { id: 'never', fault: 'never', name: { zh: '永远没有回调', en: 'never calls back' } },
]

export const faultKinds: Readonly<Record<PlannedFault['on'], readonly FaultKind[]>> = { http, wx }

/** A planned fault in one line. */
export function faultName({ on, call, fault }: PlannedFault): Sentence {
  const place = faultPlaces.find(one => one.on === on && one.call === call)?.name ?? { zh: call, en: call }
  const same = (kind: FaultKind) => JSON.stringify(kind.fault) === JSON.stringify(fault)
  const written = typeof fault === 'string' ? fault : JSON.stringify(fault)
  const kind = faultKinds[on].find(same)?.name ?? { zh: written, en: written }
  return { zh: `${place.zh} · ${kind.zh}`, en: `${place.en} · ${kind.en}` }
}
