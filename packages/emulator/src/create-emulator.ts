import type { Caller } from './api/caller-ip.ts'
import { createFaults } from './api/faults.ts'
import { createServeApi } from './api/serve-api.ts'
import { createControl, type EmulatorControl } from './control/control.ts'
import { controlActions } from './control/control-actions.ts'
import { runSetup } from './control/run-setup.ts'
import { createServeControl } from './control/serve-control.ts'
import { EmulatorRefusal } from './platform/emulator-refusal.ts'
import { createFaultyCloud } from './platform/faulty-cloud.ts'
import { createPlatform, type Platform } from './platform/platform.ts'
import { readOptions } from './platform/read-options.ts'
import { createWechatCloud } from './platform/wechat-cloud.ts'
import { createWxFaults } from './platform/wx-faults.ts'
import { createComponentSender } from './push/component-sender.ts'
import { createPushSender } from './push/push-sender.ts'
import { createSecureMode } from './secure-mode/secure-mode.ts'
import type { DialogDecide, EmulatorOptions, PhoneDecision, PhoneSheet, WxDialog } from './types.ts'
import { createWxRuntime, type WxRuntime, type WxRuntimeOptions } from './wx/runtime.ts'
import type { WxStorage } from './wx/storage.ts'

/** What may be said about one launch of a mini program; the emulator supplies the rest. */
export type EmulatedLaunch = Partial<Omit<WxRuntimeOptions, 'app' | 'personId' | 'cloud'>>

/** WeChat on a laptop. */
export interface Emulator {
  /**
   * WeChat's server API at the root, the control API under `/_emulator/`. Web-standard, no socket needed. `caller` says
   * which address WeChat sees; without it the header `x-forwarded-for` does.
   */
  fetch(request: Request, caller?: Caller): Promise<Response>
  /**
   * The person opens the mini program: its `wx`, and the phone around it. What it stores stays on the phone for the next
   * launch; its timers obey the emulator's clock.
   *
   * @throws EmulatorRefusal when the person or the app is unknown
   */
  wx(personId: string, appId: string, launch?: EmulatedLaunch): WxRuntime
  readonly control: EmulatorControl
  /** Ends streams, timers and calls that wait for an answer; afterwards `fetch` rejects. */
  close(): void
}

/**
 * An emulated WeChat.
 *
 * @throws EmulatorRefusal `"apps[0].appId" must be …`
 * @example
 * const emulator = createEmulator({
 *   apps: [{ appId: 'wx0000000000000001', secret: '0123456789abcdef0123456789abcdef', name: 'Tea' }],
 *   people: [{ id: 'lin', name: '林', phones: [{ number: '13800138000' }] }],
 * })
 * const phone = emulator.wx('lin', 'wx0000000000000001', { network: request => server.fetch(request) })
 * const { code } = await phone.wx.login()
 */
export function createEmulator(options: EmulatorOptions): Emulator {
  const platform = createPlatform(readOptions(options))
  const faults = createFaults(platform)
  const closing = new AbortController()
  const wxFaults = createWxFaults(platform)
  const pushTools = { platform, deliver: platform.options.deliver, closing: closing.signal }
  const push = createPushSender(pushTools)
  const componentSender = createComponentSender(pushTools)
  const secureMode = createSecureMode(platform)
  const setUp = () => runSetup(platform.options.setup, controlActions(control))
  const control: EmulatorControl = createControl(platform, {
    faults,
    wxFaults,
    push,
    componentSender,
    secureMode: secureMode.control,
    setUp,
  })
  setUp()
  const { journal } = platform
  const cloud = createFaultyCloud(createWechatCloud(platform), { faults: wxFaults, journal, closing: closing.signal })
  const serveApi = createServeApi({ platform, faults, secureMode, closing: closing.signal })
  const serveControl = createServeControl({ control, cloud, closing: closing.signal })

  return {
    control,
    async fetch(request, caller) {
      closing.signal.throwIfAborted()
      return new URL(request.url).pathname.startsWith('/_emulator') ? serveControl(request) : serveApi(request, caller)
    },
    wx(personId, appId, launch = {}) {
      const { name } = platform.state.directory.app(appId)
      platform.state.directory.person(personId)
      return createWxRuntime({
        decide: sheet => decide(platform, personId, sheet),
        decideDialog: dialog => decideDialog(platform, personId, dialog),
        storage: storageOf(platform, `${appId} ${personId}`),
        timers: platform.timers,
        now: platform.clock.now,
        randomBytes: length => platform.state.random(length),
        ...launch,
        app: { appId, name },
        personId,
        cloud,
      })
    },
    close() {
      platform.timers.close()
      closing.abort(new EmulatorRefusal('closed', '', { zh: '模拟器已关闭', en: 'the emulator is closed' }))
    },
  }
}

function decide({ state }: Platform, personId: string, sheet: PhoneSheet): PhoneDecision | Promise<PhoneDecision> {
  const decision = state.decisions.get(personId) ?? { decision: 'allow' }
  return typeof decision === 'function' ? decision(sheet) : decision
}

/** Nothing, when the person was told nothing: then whoever draws the dialog answers. */
function decideDialog({ state }: Platform, personId: string, dialog: WxDialog): ReturnType<DialogAnswerer> {
  const next = state.dialogDecisions.get(`${personId} ${dialog.kind}`)
  return typeof next === 'function' ? next(dialog) : next
}

type DialogAnswerer = Extract<DialogDecide, (dialog: WxDialog) => unknown>

/** Looks the shelf up each time: a reset empties every phone. */
function storageOf(platform: Platform, name: string): WxStorage {
  const shelf = () => {
    const found = platform.state.storages.get(name) ?? new Map<string, string>()
    platform.state.storages.set(name, found)
    return found
  }
  return {
    get: key => shelf().get(key),
    set: (key, value) => shelf().set(key, value),
    delete: key => shelf().delete(key),
    keys: () => shelf().keys(),
  }
}
