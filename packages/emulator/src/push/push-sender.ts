import { EmulatorRefusal } from '../platform/emulator-refusal.ts'
import { buildPush, buildUrlCheck, stampOf } from './build-push.ts'
import { ATTEMPTS, deliverPush, type PushReport, type PushTools } from './deliver-push.ts'
import { judgeAnswer, judgeEcho } from './judge-answer.ts'
import { fieldsOf, type PushEvent, readPushEvent } from './push-event.ts'
import { type FullPushSettings, type PushSettings, readPushSettings } from './push-settings.ts'

/** WeChat as the sender of message push. */
export interface PushSender {
  /** Sets where the app's events go; `null`: nowhere. */
  configure(appId: string, settings: PushSettings | null): void
  /** The check that the console makes when the settings are saved. */
  verifyUrl(appId: string): Promise<PushReport>
  /**
   * Pushes an event. Without an answer in 5 seconds, by the emulator's clock, the connection is closed and the same
   * message sent again, three times in all. A wrong answer is not repeated.
   */
  send(appId: string, event: PushEvent): Promise<PushReport>
}

export function createPushSender(tools: PushTools): PushSender {
  const { platform } = tools

  function settingsOf(appId: string): FullPushSettings {
    const { push } = platform.state.directory.app(appId)
    if (push) return readPushSettings(push, 'push')
    throw new EmulatorRefusal('no-push', 'appId', {
      zh: `"appId"：${appId} 没有消息推送设置`,
      en: `"appId": ${appId} has no push settings`,
    })
  }

  return {
    configure(appId, settings) {
      const { push: _, ...app } = platform.state.directory.app(appId)
      const push = settings === null ? {} : { push: readPushSettings(settings, 'push') }
      platform.state.directory.putApp({ ...app, ...push })
    },
    async verifyUrl(appId) {
      const settings = settingsOf(appId)
      const stamp = stampOf(platform)
      const echostr = platform.derive.text(`echostr ${stamp.nonce} ${stamp.timestamp}`, 19, '123456789')
      const request = () => buildUrlCheck(settings, urlOf(settings, appId), stamp, echostr)
      return deliverPush(tools, {
        appId,
        what: 'push.url-check',
        request,
        attempts: 1,
        judge: one => judgeEcho(one, echostr),
      })
    },
    async send(appId, given) {
      const settings = settingsOf(appId)
      const event = readPushEvent(given)
      platform.state.directory.person(event.personId)
      const { url, tail } = { url: urlOf(settings, appId), tail: settings.component ?? appId }
      const stamp = stampOf(platform)
      const fields = fieldsOf(platform, appId, event, settings.keys)
      const request = () => buildPush(settings, url, stamp, fields, tail)
      const judge = (one: Parameters<typeof judgeAnswer>[0]) => judgeAnswer(one, settings, tail)
      return deliverPush(tools, {
        appId,
        personId: event.personId,
        what: `push.${event.event}`,
        request,
        attempts: ATTEMPTS,
        judge,
      })
    },
  }
}

/** The URL is of the developer's own; that of a third-party platform names the app. */
function urlOf({ url }: FullPushSettings, appId: string): string {
  return url.replaceAll('$APPID$', appId)
}
