import { CODE_LIFE_MS, type PluginCode } from '../platform/codes.ts'
import type { Platform } from '../platform/platform.ts'
import { type Endpoint, grant, type Refused, refuse } from './endpoint.ts'
import { isText } from './read-app.ts'
import { readJsonBody } from './read-json-body.ts'
import { readToken } from './read-token.ts'

/** POST /wxa/getpluginopenpid: who uses the plug-in, for a code of `wx.pluginLogin`. Called with the plug-in's token. */
export const pluginOpenPId: Endpoint = {
  name: 'getPluginOpenPId',
  method: 'POST',
  path: '/wxa/getpluginopenpid',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  tooOften: 1003,
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const read = readJsonBody(call.body)
    if ('granted' in read) return { ...read, errcode: read.errcode === 47001 ? 1022 : read.errcode, appId }
    const { code: text } = read.fields
    if (!isText(text)) return refuse(1001, '缺少 code', 'code is missing', { appId })
    const code = findCode(platform, appId, text)
    if ('granted' in code) return code
    code.usedAt = platform.clock.now()
    const openpid = platform.state.directory.openPId(code.use, appId)
    return grant(
      { errcode: 0, errmsg: 'ok', openpid },
      '插件凭证换到 openpid',
      'the plug-in code was exchanged',
      code.use,
    )
  },
}

function findCode({ state, clock }: Platform, appId: string, text: string): PluginCode | Refused {
  const facts = { code: text.slice(0, 6) }
  const code = state.codes.find(text)
  if (!code) return refuse(1007, '没有发放过这个凭证', 'this code was never issued', { appId, facts })
  const about = { ...code.use, facts }
  if (code.kind !== 'plugin')
    return refuse(1007, '这不是 wx.pluginLogin 的凭证', 'this code is not from wx.pluginLogin', about)
  if (code.pluginAppId !== appId)
    return refuse(
      1005,
      `凭证属于插件 ${code.pluginAppId}`,
      `the code belongs to the plug-in ${code.pluginAppId}`,
      about,
    )
  if (code.usedAt !== null) return refuse(1007, '这个凭证用过了', 'this code was used before', about)
  if (clock.now() - code.bornAt >= CODE_LIFE_MS)
    return refuse(1007, '凭证超过五分钟', 'the code is more than five minutes old', about)
  return code
}
