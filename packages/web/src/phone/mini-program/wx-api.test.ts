import { describe, expect, it, vi } from 'vitest'
import { WxApiFailure, wxApi } from './wx-api.ts'

const refuse = wxApi('navigateTo', () => {
  throw new WxApiFailure('page "x" is not found')
})
const answer = wxApi('showModal', () => ({ confirm: true }))

describe('an API of wx', () => {
  it('resolves to its result and an errMsg', async () => {
    await expect(answer()).resolves.toEqual({ confirm: true, errMsg: 'showModal:ok' })
  })

  it('rejects with a plain errMsg, as the platform does', async () => {
    await expect(refuse()).rejects.toEqual({ errMsg: 'navigateTo:fail page "x" is not found' })
  })

  it('calls success and complete and returns nothing when callbacks are given', async () => {
    const success = vi.fn()
    const complete = vi.fn()
    expect(answer({ success, complete })).toBeUndefined()
    await vi.waitFor(() => expect(complete).toHaveBeenCalledOnce())
    expect(success).toHaveBeenCalledExactlyOnceWith({ confirm: true, errMsg: 'showModal:ok' })
  })

  it('calls fail and complete, and leaves no rejection behind', async () => {
    const fail = vi.fn()
    const complete = vi.fn()
    refuse({ fail, complete })
    await vi.waitFor(() => expect(complete).toHaveBeenCalledOnce())
    expect(fail).toHaveBeenCalledExactlyOnceWith({ errMsg: 'navigateTo:fail page "x" is not found' })
  })

  it('settles quietly when only complete is given', async () => {
    const complete = vi.fn()
    refuse({ complete })
    await vi.waitFor(() => expect(complete).toHaveBeenCalledOnce())
  })
})
