import type { PhoneSheet, WxModal } from '@weapp-auth/emulator/wx'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Overlays, useOverlays } from './use-overlays.ts'

const opened: PhoneSheet = { appId: 'wx0000000000000001', appName: '茶', phones: [] }
const asked: WxModal = { title: '', content: '退出？', showCancel: true, confirmText: '好', cancelText: '不' }
let overlays: Overlays

beforeEach(() => {
  vi.useFakeTimers()
  overlays = useOverlays()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the authorise sheet', () => {
  it('waits for the person and goes away with the answer', async () => {
    const answer = overlays.ask(opened)
    expect(overlays.sheet.value).toEqual(opened)
    overlays.decide({ decision: 'allow', phone: 1 })
    await expect(answer).resolves.toEqual({ decision: 'allow', phone: 1 })
    expect(overlays.sheet.value).toBeNull()
  })

  it('counts as cancelled when the mini program ends under it', async () => {
    const answer = overlays.ask(opened)
    overlays.dismiss()
    await expect(answer).resolves.toEqual({ decision: 'cancel' })
  })
})

describe('a toast', () => {
  it('goes away by itself, a loading one does not', () => {
    overlays.ui.showToast?.({ title: 'a', icon: 'success', duration: 1500 })
    vi.advanceTimersByTime(1500)
    expect(overlays.toast.value).toBeNull()
    overlays.ui.showLoading?.({ title: 'b' })
    vi.advanceTimersByTime(60_000)
    expect(overlays.toast.value).toEqual({ title: 'b', icon: 'loading' })
  })

  it('does not take away the one that replaced it', () => {
    overlays.ui.showToast?.({ title: 'first', icon: 'none', duration: 1000 })
    overlays.ui.showToast?.({ title: 'second', icon: 'none', duration: 3000 })
    vi.advanceTimersByTime(1000)
    expect(overlays.toast.value?.title).toBe('second')
  })
})

describe('a modal', () => {
  it('tells which button was tapped', async () => {
    const choice = overlays.ui.showModal?.(asked)
    expect(overlays.modal.value).toEqual(asked)
    overlays.choose(true)
    await expect(choice).resolves.toBe(true)
    expect(overlays.modal.value).toBeNull()
  })

  it('is declined when another one takes its place, so that nobody waits for ever', async () => {
    const first = overlays.ui.showModal?.(asked)
    const second = overlays.ui.showModal?.({ ...asked, content: '再问一次？' })
    await expect(first).resolves.toBe(false)
    expect(overlays.modal.value?.content).toBe('再问一次？')
    overlays.dismiss()
    await expect(second).resolves.toBe(false)
  })
})

describe('other dialogs', () => {
  const about = (scope: string) => ({ kind: 'scope', appName: '茶', scope }) as const

  it('come one after the other', async () => {
    const first = overlays.askDialog(about('scope.camera'))
    const second = overlays.askDialog(about('scope.record'))
    expect(overlays.dialog.value).toEqual(about('scope.camera'))
    overlays.decideDialog({ decision: 'allow' })
    expect(overlays.dialog.value).toEqual(about('scope.record'))
    overlays.decideDialog({ decision: 'deny' })
    expect(overlays.dialog.value).toBeNull()
    expect([await first, await second]).toEqual([{ decision: 'allow' }, { decision: 'deny' }])
  })

  it('count as cancelled when the mini program ends', async () => {
    const all = [overlays.askDialog(about('scope.camera')), overlays.askDialog(about('scope.record'))]
    overlays.dismiss()
    expect(await Promise.all(all)).toEqual([{ decision: 'cancel' }, { decision: 'cancel' }])
  })
})
