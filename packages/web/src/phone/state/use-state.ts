import type { Bill, EmulatorState } from '@weapp-auth/emulator'
import type { Consents } from '@weapp-auth/emulator/wx'
import { onUnmounted, type Ref, ref, shallowRef, watch } from 'vue'
import type { Phone } from '../use-phone.ts'
import type { ConsentFacts } from './read-consent.ts'

/** What WeChat knows about the person and the mini program on this phone. */
export interface WechatFacts {
  readonly use: EmulatorState['uses'][number] | undefined
  readonly app: EmulatorState['apps'][number] | undefined
  readonly bill: Bill
  readonly consents: Consents
}

/** One page of the stack, as DevTools' AppData shows it. */
export interface PageFacts {
  readonly route: string
  readonly data: string
}

const DEBOUNCE_MS = 200

/** The machine's state beside the journal: asked anew whenever something happened. */
export function useState(phone: Phone, happened: Readonly<Ref<unknown>>) {
  const wechat = shallowRef<WechatFacts | null>(null)
  const pages = shallowRef<readonly PageFacts[]>([])
  const stored = shallowRef<readonly { readonly key: string; readonly size: number }[]>([])
  const consent = shallowRef<ConsentFacts | null>(null)
  const asked = ref(0)
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    const { appId, personId } = phone.use()
    if (appId === '' || personId === '') return
    asked.value += 1
    const mine = asked.value
    const [state, bill, consents] = await Promise.all([
      phone.emulator.state(),
      phone.emulator.bill(appId),
      phone.emulator.consents({ appId, personId }),
    ])
    if (mine !== asked.value) return
    const use = state.uses.find(one => one.appId === appId && one.personId === personId)
    wechat.value = { use, app: state.apps.find(one => one.appId === appId), bill, consents }
    consent.value = phone.consent()
    pages.value = phone.pages().map(({ route, data }) => ({ route, data: JSON.stringify(data, null, 2) ?? '' }))
    const storage = phone.storage()
    stored.value = [...storage.keys()].map(key => ({ key, size: storage.get(key)?.length ?? 0 }))
  }

  function soon(): void {
    clearTimeout(waiting)
    // A dev server that was stopped is told of by the journal.
    waiting = setTimeout(() => void look().catch(() => {}), DEBOUNCE_MS)
  }
  watch([happened, phone.clientState, phone.chrome, () => phone.setup.personId], soon)
  onUnmounted(() => clearTimeout(waiting))
  return { wechat, consent, pages, stored, look: soon }
}

export type MachineState = ReturnType<typeof useState>
