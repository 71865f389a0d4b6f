import type { DialogDecision, PhoneDecision, PhoneSheet, WxDialog, WxModal, WxUi } from '@weapp-auth/emulator/wx'
import { computed, type Ref, shallowRef } from 'vue'

/** What `wx.showToast` and `wx.showLoading` show. */
export interface Toast {
  readonly title: string
  readonly icon: 'success' | 'error' | 'loading' | 'none'
}

/** What lies over the pages of the phone: WeChat draws it, not the mini program. */
export interface Overlays {
  readonly toast: Readonly<Ref<Toast | null>>
  readonly modal: Readonly<Ref<WxModal | null>>
  readonly sheet: Readonly<Ref<PhoneSheet | null>>
  /** Any other dialog of WeChat. */
  readonly dialog: Readonly<Ref<WxDialog | null>>
  /** The `ui` of a runtime. */
  readonly ui: WxUi
  /** The `decide` of a runtime: opens the sheet and waits for the person. */
  readonly ask: (sheet: PhoneSheet) => Promise<PhoneDecision>
  /** Opens another dialog and waits for the person; one after the other. */
  readonly askDialog: (dialog: WxDialog) => Promise<DialogDecision>
  /** The person decided in the sheet. */
  readonly decide: (decision: PhoneDecision) => void
  /** The person decided in the dialog. */
  readonly decideDialog: (decision: DialogDecision) => void
  /** The person chose a button of the modal. */
  readonly choose: (confirmed: boolean) => void
  /** Takes everything away; whoever waits hears that the person cancelled. */
  readonly dismiss: () => void
}

export function useOverlays(): Overlays {
  const toast = shallowRef<Toast | null>(null)
  const modal = shallowRef<WxModal | null>(null)
  const sheet = shallowRef<PhoneSheet | null>(null)
  const waiting = shallowRef<readonly { dialog: WxDialog; answer: (decision: DialogDecision) => void }[]>([])
  let answerSheet: (decision: PhoneDecision) => void = () => {}
  let answerModal: (confirmed: boolean) => void = () => {}
  let hiding: ReturnType<typeof setTimeout> | undefined

  const show = (next: Toast | null, duration?: number) => {
    clearTimeout(hiding)
    toast.value = next
    if (duration !== undefined) hiding = setTimeout(() => show(null), duration)
  }
  const decide = (decision: PhoneDecision) => {
    sheet.value = null
    answerSheet(decision)
  }
  const choose = (confirmed: boolean) => {
    modal.value = null
    answerModal(confirmed)
  }
  const decideDialog = (decision: DialogDecision) => {
    const [first, ...rest] = waiting.value
    waiting.value = rest
    first?.answer(decision)
  }
  return {
    toast,
    modal,
    sheet,
    dialog: computed(() => waiting.value[0]?.dialog ?? null),
    ui: {
      showToast: ({ title, icon, duration }) => show({ title, icon }, duration),
      showLoading: ({ title }) => show({ title, icon: 'loading' }),
      hideToast: () => show(null),
      hideLoading: () => show(null),
      showModal: asked => {
        choose(false)
        modal.value = asked
        return new Promise(resolve => {
          answerModal = resolve
        })
      },
    },
    ask: opened => {
      sheet.value = opened
      return new Promise(resolve => {
        answerSheet = resolve
      })
    },
    askDialog: dialog =>
      new Promise(answer => {
        waiting.value = [...waiting.value, { dialog, answer }]
      }),
    decide,
    decideDialog,
    choose,
    dismiss: () => {
      show(null)
      choose(false)
      decide({ decision: 'cancel' })
      while (waiting.value.length > 0) decideDialog({ decision: 'cancel' })
    },
  }
}
