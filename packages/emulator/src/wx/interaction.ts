import type { DialogDecision, WxDialog } from '../types.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'

export interface WxToast {
  readonly title: string
  readonly icon: 'success' | 'error' | 'loading' | 'none'
  /** Milliseconds. */
  readonly duration: number
}

export interface WxModal {
  readonly title: string
  readonly content: string
  readonly showCancel: boolean
  readonly confirmText: string
  readonly cancelText: string
}

/** The host draws what a mini program shows over its pages. What it leaves out is accepted and not shown. */
export interface WxUi {
  readonly showToast?: (toast: WxToast) => void
  readonly hideToast?: () => void
  readonly showLoading?: (loading: { readonly title: string }) => void
  readonly hideLoading?: () => void
  /** Whether the person confirmed. Without a host: yes. */
  readonly showModal?: (modal: WxModal) => Promise<boolean>
  /** Any dialog but the phone sheet. Without a host, or when it answers nothing: the person allows. */
  readonly showDialog?: (dialog: WxDialog) => Promise<DialogDecision | undefined>
  readonly setClipboardData?: (text: string) => void
}

export interface InteractionApis {
  showToast: AsyncApi<Partial<WxToast>, object>
  hideToast: AsyncApi<object, object>
  showLoading: AsyncApi<{ readonly title?: string }, object>
  hideLoading: AsyncApi<object, object>
  showModal: AsyncApi<Partial<WxModal>, { readonly confirm: boolean; readonly cancel: boolean }>
  setClipboardData: AsyncApi<{ readonly data: string }, object>
  getClipboardData: AsyncApi<object, { readonly data: string }>
  setNavigationBarTitle: AsyncApi<{ readonly title: string }, object>
  showNavigationBarLoading: AsyncApi<object, object>
  hideNavigationBarLoading: AsyncApi<object, object>
}

export function interactionApis(ui: WxUi, tools: AsyncApiTools): InteractionApis {
  let clipboard = ''
  return {
    showToast: asyncApi('showToast', tools, async ({ title = '', icon = 'success', duration = 1500 }) => {
      ui.showToast?.({ title, icon, duration })
      return {}
    }),
    hideToast: asyncApi('hideToast', tools, async () => {
      ui.hideToast?.()
      return {}
    }),
    showLoading: asyncApi('showLoading', tools, async ({ title = '' }) => {
      ui.showLoading?.({ title })
      return {}
    }),
    hideLoading: asyncApi('hideLoading', tools, async () => {
      ui.hideLoading?.()
      return {}
    }),
    showModal: asyncApi('showModal', tools, async given => {
      const { title = '', content = '', showCancel = true, confirmText = '确定', cancelText = '取消' } = given
      const confirm = (await ui.showModal?.({ title, content, showCancel, confirmText, cancelText })) ?? true
      return { confirm, cancel: !confirm }
    }),
    setClipboardData: asyncApi('setClipboardData', tools, async ({ data }) => {
      clipboard = String(data)
      ui.setClipboardData?.(clipboard)
      return {}
    }),
    getClipboardData: asyncApi('getClipboardData', tools, async () => ({ data: clipboard })),
    // Whoever draws a bar puts its own in their place.
    setNavigationBarTitle: asyncApi('setNavigationBarTitle', tools, async () => ({})),
    showNavigationBarLoading: asyncApi('showNavigationBarLoading', tools, async () => ({})),
    hideNavigationBarLoading: asyncApi('hideNavigationBarLoading', tools, async () => ({})),
  }
}
