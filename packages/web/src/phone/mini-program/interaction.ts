import { WxApiFailure, wxApi } from './wx-api.ts'

export interface Toast {
  readonly title: string
  readonly icon: 'success' | 'error' | 'loading' | 'none'
  /** Lets no tap through to the page. */
  readonly mask: boolean
}

export interface Modal {
  readonly title: string
  readonly content: string
  readonly confirmText: string
  /** Absent when there is only one button. */
  readonly cancelText: string | undefined
}

/** Draws what `wx` shows above the page. */
export interface InteractionScreen {
  /** `null` takes it away. A toast replaces the one before, as it does in WeChat. */
  toast(toast: Toast | null): void
  modal(modal: Modal): Promise<'confirm' | 'cancel'>
}

interface ToastOptions {
  readonly title: string
  readonly icon?: Toast['icon']
  readonly duration?: number
  readonly mask?: boolean
}

interface ModalOptions {
  readonly title?: string
  readonly content?: string
  readonly showCancel?: boolean
  readonly confirmText?: string
  readonly cancelText?: string
}

/**
 * `wx.showToast`, `hideToast`, `showLoading`, `hideLoading` and `showModal`.
 *
 * @param after Calls back after some milliseconds.
 * @param buttons Default texts of a modal's buttons, in the language of the phone.
 */
export function interactionApis(
  screen: InteractionScreen,
  after: (ms: number, run: () => void) => void,
  buttons: { readonly confirm: string; readonly cancel: string },
): Readonly<Record<string, unknown>> {
  let shown = 0
  const show = (toast: Toast) => {
    screen.toast(toast)
    shown += 1
    return shown
  }
  const hide = () => {
    shown += 1
    screen.toast(null)
    return undefined
  }
  return {
    showToast: wxApi('showToast', ({ title, icon = 'success', duration = 1500, mask = false }: ToastOptions) => {
      if (typeof title !== 'string') throw new WxApiFailure('parameter error: parameter.title should be String')
      const mine = show({ title, icon, mask })
      after(duration, () => {
        if (mine === shown) hide()
      })
      return undefined
    }),
    showLoading: wxApi('showLoading', ({ title = '', mask = false }: Partial<ToastOptions>) => {
      show({ title, icon: 'loading', mask })
      return undefined
    }),
    hideToast: wxApi('hideToast', hide),
    hideLoading: wxApi('hideLoading', hide),
    showModal: wxApi('showModal', async (options: ModalOptions) => {
      const { title = '', content = '', showCancel = true } = options
      const { confirmText = buttons.confirm, cancelText = buttons.cancel } = options
      const choice = await screen.modal({
        title,
        content,
        confirmText,
        cancelText: showCancel ? cancelText : undefined,
      })
      return { confirm: choice === 'confirm', cancel: choice === 'cancel' }
    }),
  }
}
