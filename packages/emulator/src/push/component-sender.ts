import { AUTHORIZATION_CODE_LIFE_MS } from '../platform/components.ts'
import { buildPush, stampOf } from './build-push.ts'
import { ATTEMPTS, deliverPush, type PushReport, type PushTools } from './deliver-push.ts'
import { judgeAnswer } from './judge-answer.ts'
import type { PushFields } from './push-event.ts'

/** WeChat as the sender of what a third-party platform is told about itself. `null`: it has no URL for that. */
export interface ComponentSender {
  /** Pushes a new component_verify_ticket ("验证票据"). */
  ticket(componentAppId: string): Promise<PushReport | null>
  /** Pushes a new ticket every ten minutes from now on, by the emulator's clock. */
  schedule(componentAppId: string): void
  /** The merchant authorised, or changed what it gives ("授权变更通知推送"). */
  authorized(
    componentAppId: string,
    event: { readonly appId: string; readonly code: string; readonly isUpdate: boolean },
  ): Promise<PushReport | null>
  unauthorized(componentAppId: string, appId: string): Promise<PushReport | null>
}

const EVERY_MS = 600_000

export function createComponentSender(tools: PushTools): ComponentSender {
  const { platform } = tools
  /** The latest schedule of each platform. */
  const schedules = new Map<string, object>()

  async function send(componentAppId: string, infoType: string, more: PushFields): Promise<PushReport | null> {
    const { push } = platform.state.components.component(componentAppId)
    if (!push) return null
    const CreateTime = Math.floor(platform.clock.now() / 1000)
    const fields = { AppId: componentAppId, CreateTime, InfoType: infoType, ...more }
    const settings = { ...push, mode: 'secure', format: 'xml', keys: 'documented' } as const
    const stamp = stampOf(platform)
    return deliverPush(tools, {
      appId: componentAppId,
      what: `push.${infoType}`,
      attempts: ATTEMPTS,
      request: () => buildPush(settings, push.url, stamp, fields, componentAppId),
      judge: answer => judgeAnswer(answer, settings, componentAppId),
    })
  }

  const ticket: ComponentSender['ticket'] = async componentAppId =>
    platform.state.components.component(componentAppId).push
      ? send(componentAppId, 'component_verify_ticket', {
          ComponentVerifyTicket: platform.state.components.newTicket(componentAppId),
        })
      : null

  function wait(componentAppId: string, mine: object): void {
    platform.timers.after(EVERY_MS, () => {
      if (schedules.get(componentAppId) !== mine || !platform.state.components.find(componentAppId)?.push) return
      // Whoever closes the emulator meanwhile does not want to know.
      ticket(componentAppId).catch(() => null)
      wait(componentAppId, mine)
    })
  }

  return {
    ticket,
    schedule(componentAppId) {
      const mine = {}
      schedules.set(componentAppId, mine)
      wait(componentAppId, mine)
    },
    async authorized(componentAppId, { appId, code, isUpdate }) {
      return send(componentAppId, isUpdate ? 'updateauthorized' : 'authorized', {
        AuthorizerAppid: appId,
        AuthorizationCode: code,
        AuthorizationCodeExpiredTime: Math.floor((platform.clock.now() + AUTHORIZATION_CODE_LIFE_MS) / 1000),
        PreAuthCode: `preauthcode@@@${platform.derive.text(`pre-auth ${code}`, 43)}`,
      })
    },
    unauthorized: async (componentAppId, appId) => send(componentAppId, 'unauthorized', { AuthorizerAppid: appId }),
  }
}
