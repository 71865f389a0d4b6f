import type { Refused } from '../api/endpoint.ts'
import { EmulatorRefusal } from '../platform/emulator-refusal.ts'
import type { Platform } from '../platform/platform.ts'
import type { Asymmetric } from './algorithms.ts'
import { type OpenedCall, openRequest, type SecureCall, settingsOf } from './open-request.ts'
import { createPlatformKeys, type PlatformKey, shown } from './platform-keys.ts'
import { type SealedAnswer, sealAnswer } from './seal-answer.ts'
import { readSecureMode, type SecureModeSettings } from './secure-mode-settings.ts'

/** What WeChat signs its answers with, as the console shows it. */
export interface PlatformKeyRing {
  readonly current: PlatformKey
  /** While certificates rotate. */
  readonly former: PlatformKey | null
}

/** The "API 安全" page of the console. */
export interface SecureModeControl {
  /** Sets the developer's keys; `null`: none. */
  configure(appId: string, settings: SecureModeSettings | null): void
  /** WeChat's own key for this app; made when it is first asked for. */
  platformKey(appId: string): Promise<PlatformKeyRing>
  /** WeChat changes its key: answers are signed with both until {@link SecureModeControl.endRotation}. */
  rotate(appId: string): Promise<PlatformKeyRing>
  endRotation(appId: string): Promise<PlatformKeyRing>
}

export interface SecureMode {
  readonly control: SecureModeControl
  /** Null for a plain call. */
  open(call: SecureCall): Promise<OpenedCall | Refused | null>
  seal(path: string, opened: OpenedCall, answer: string): Promise<SealedAnswer>
}

export function createSecureMode(platform: Platform): SecureMode {
  const keys = createPlatformKeys(platform)
  const show = ({ current, former }: Awaited<ReturnType<typeof keys.of>>) => ({
    current: shown(current),
    former: former && shown(former),
  })

  function algorithmOf(appId: string): Asymmetric {
    const { asymmetric } = settingsOf(platform, platform.state.directory.app(appId).appId)
    if (asymmetric) return asymmetric.algorithm
    throw new EmulatorRefusal('no-secure-mode', 'appId', {
      zh: `"appId"：${appId} 没有设置公钥`,
      en: `"appId": ${appId} has no public key set`,
    })
  }

  return {
    control: {
      configure(appId, settings) {
        const { secureMode: _, ...app } = platform.state.directory.app(appId)
        const given = settings === null ? {} : { secureMode: readSecureMode(settings, 'secureMode') }
        platform.state.directory.putApp({ ...app, ...given })
      },
      platformKey: async appId => show(await keys.of(appId, algorithmOf(appId))),
      rotate: async appId => show(await keys.rotate(appId, algorithmOf(appId))),
      endRotation: async appId => show(await keys.endRotation(appId, algorithmOf(appId))),
    },
    open: call => openRequest(platform, call),
    seal: (path, opened, answer) =>
      sealAnswer(platform, keys, path, opened, JSON.parse(answer) as Readonly<Record<string, unknown>>),
  }
}
