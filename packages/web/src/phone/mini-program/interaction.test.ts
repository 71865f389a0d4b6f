import { describe, expect, it } from 'vitest'
import { interactionApis, type Modal, type Toast } from './interaction.ts'

function screen(choice: 'confirm' | 'cancel' = 'confirm') {
  const toasts: (Toast | null)[] = []
  const modals: Modal[] = []
  const pending: (() => void)[] = []
  const apis = interactionApis(
    {
      toast: toast => void toasts.push(toast),
      modal: modal => {
        modals.push(modal)
        return Promise.resolve(choice)
      },
    },
    (_, run) => void pending.push(run),
    { confirm: '确定', cancel: '取消' },
  ) as Record<string, (options?: object) => Promise<object>>
  return { toasts, modals, pending, apis }
}

describe('a toast', () => {
  it('goes away by itself', async () => {
    const { apis, toasts, pending } = screen()
    await apis.showToast?.({ title: '已保存' })
    expect(toasts).toEqual([{ title: '已保存', icon: 'success', mask: false }])
    pending[0]?.()
    expect(toasts.at(-1)).toBeNull()
  })

  it('does not take away the one that replaced it', async () => {
    const { apis, toasts, pending } = screen()
    await apis.showToast?.({ title: 'first' })
    await apis.showLoading?.({ title: 'second' })
    pending[0]?.()
    expect(toasts.at(-1)).toMatchObject({ title: 'second', icon: 'loading' })
  })

  it('needs a title', async () => {
    await expect(screen().apis.showToast?.({})).rejects.toEqual({
      errMsg: 'showToast:fail parameter error: parameter.title should be String',
    })
  })
})

describe('a modal', () => {
  it('tells which button was tapped', async () => {
    await expect(screen('cancel').apis.showModal?.({ title: '退出？' })).resolves.toEqual({
      confirm: false,
      cancel: true,
      errMsg: 'showModal:ok',
    })
  })

  it('has one button when the page says so', async () => {
    const { apis, modals } = screen()
    await apis.showModal?.({ content: '好', showCancel: false })
    expect(modals).toEqual([{ title: '', content: '好', confirmText: '确定', cancelText: undefined }])
  })
})
