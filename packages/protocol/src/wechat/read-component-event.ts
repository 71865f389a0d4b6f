import { parsePushBody } from './parse-push-body.ts'

/** What WeChat tells a third-party platform about itself ("验证票据", "授权变更通知推送"), in our words. */
export type ComponentEvent = {
  readonly componentAppId: string
  /** Milliseconds since 1970; WeChat tells whole seconds. */
  readonly at: number
} & (
  | { readonly event: 'ticket'; readonly ticket: string }
  /** `authorized`, and `updateauthorized`: the code stands for everything that is granted now. */
  | { readonly event: 'authorized'; readonly appId: string; readonly code: string }
  | { readonly event: 'unauthorized'; readonly appId: string }
)

/**
 * Reads a decrypted message of the URL for authorization events; `null` when it is another event, or lacks a field.
 *
 * @example
 * const event = readComponentEvent(decryptPush({ encodingAesKey, appId: componentAppId, encrypt }))
 * if (event?.event === 'ticket') console.log(event.at)
 */
export function readComponentEvent(message: string): ComponentEvent | null {
  const fields = parsePushBody(message)
  const text = (name: string, form: RegExp) => {
    const value = fields?.get(name)?.trim() ?? ''
    return form.test(value) ? value : null
  }
  const componentAppId = text('appid', appIdForm)
  const seconds = text('createtime', /^\d{1,11}$/)
  if (componentAppId === null || seconds === null) return null
  const base = { componentAppId, at: Number(seconds) * 1000 }
  const kind = fields?.get('infotype')?.trim()
  if (kind === 'component_verify_ticket') {
    const ticket = text('componentverifyticket', secretForm)
    return ticket === null ? null : { ...base, event: 'ticket', ticket }
  }
  const appId = text('authorizerappid', appIdForm)
  if (appId === null) return null
  if (kind === 'unauthorized') return { ...base, event: 'unauthorized', appId }
  const code = text('authorizationcode', secretForm)
  const isGiven = kind === 'authorized' || kind === 'updateauthorized'
  return isGiven && code !== null ? { ...base, event: 'authorized', appId, code } : null
}

const appIdForm = /^[\w-]{1,64}$/
const secretForm = /^[\x21-\x7e]{1,1024}$/
