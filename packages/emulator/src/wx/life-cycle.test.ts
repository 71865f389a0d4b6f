import { describe, expect, test } from 'vitest'
import { createWorld } from '../../test/world.ts'

const settled = () => new Promise(resolve => setTimeout(resolve))

describe('life cycle', () => {
  test('tells who listens when the mini program comes and goes', () => {
    const { show, hide, wx } = createWorld().phone()
    const told: string[] = []
    const onShow = ({ scene }: { scene: number }) => told.push(`show ${scene}`)
    const onHide = () => told.push('hide')
    wx.onAppShow(onShow)
    wx.onAppHide(onHide)
    show()
    show()
    hide()
    hide()
    show({ scene: 1089, query: { from: 'card' } })
    expect(told).toEqual(['show 1001', 'hide', 'show 1089'])
    expect(wx.getEnterOptionsSync()).toMatchObject({ scene: 1089, query: { from: 'card' } })
    expect(wx.getLaunchOptionsSync()).toMatchObject({ scene: 1001, query: {} })
    wx.offAppShow(onShow)
    wx.offAppHide()
    hide()
    show()
    expect(told).toHaveLength(3)
  })

  test('is suspended after five seconds in the background, not sooner', () => {
    const { phone, control } = createWorld()
    const { show, hide, life } = phone()
    show()
    hide()
    control.clock.advance(4999)
    expect(life.state).toBe('background')
    show()
    control.clock.advance(1)
    expect(life.state).toBe('foreground')
    hide()
    control.clock.advance(5000)
    expect(life.state).toBe('suspended')
  })

  test('its timers stand still while it is suspended and run late', () => {
    const { phone, control } = createWorld()
    const { show, hide, timers } = phone()
    const fired: string[] = []
    timers.setTimeout((name: string) => fired.push(name), 3000, 'soon')
    timers.setInterval(() => fired.push('again'), 10_000)
    const id = timers.setTimeout(() => fired.push('never'), 3000)
    timers.clearTimeout(id)
    show()
    hide()
    control.clock.advance(3000)
    expect(fired).toEqual(['soon'])
    control.clock.advance(600_000)
    expect(fired).toEqual(['soon'])
    show()
    expect(fired).toEqual(['soon', 'again'])
    control.clock.advance(10_000)
    expect(fired).toEqual(['soon', 'again', 'again'])
    timers.stop()
    timers.setTimeout(() => fired.push('after the end'), 0)
    control.clock.advance(60_000)
    expect(fired).toHaveLength(3)
  })

  test('requests in flight are interrupted; the mini program hears of it when it is back', async () => {
    const { phone, control } = createWorld()
    const { show, hide, wx } = phone(undefined, undefined, { network: () => new Promise(() => {}) })
    const told: unknown[] = []
    wx.request({ url: 'https://tea.test/', fail: failure => told.push(failure) })
    hide()
    control.clock.advance(5000)
    wx.request({ url: 'https://tea.test/', fail: failure => told.push(failure) })
    await settled()
    expect(told).toEqual([])
    show()
    const interrupted = { errMsg: 'request:fail interrupted', errno: 600003 }
    expect(told).toEqual([interrupted, interrupted])
  })

  test('an error in a timer reaches the host and does not stop the others', () => {
    const errors: unknown[] = []
    const { phone, control } = createWorld()
    const { timers } = phone(undefined, undefined, { onError: error => errors.push(error) })
    timers.setTimeout(() => {
      throw new Error('oops')
    }, 10)
    timers.setTimeout(() => errors.push('next'), 10)
    control.clock.advance(10)
    expect(errors).toEqual([new Error('oops'), 'next'])
  })
})

describe('the end', () => {
  test('comes after thirty minutes in the background; the next launch is a cold start', () => {
    const { phone, control } = createWorld()
    const { show, hide, life, timers, wx } = phone()
    const told: string[] = []
    life.onDestroy(() => told.push('destroyed'))
    timers.setInterval(() => told.push('tick'), 1000)
    wx.setStorageSync('k', 1)
    show()
    hide()
    control.clock.advance(1_799_999)
    expect(life.state).toBe('suspended')
    show()
    hide()
    control.clock.advance(5000)
    control.clock.advance(1_795_000)
    expect(life.state).toBe('destroyed')
    expect(told.filter(text => text === 'destroyed')).toHaveLength(1)
    expect(() => show()).toThrow('this launch of the mini program is over; open it anew')
    const before = told.length
    control.clock.advance(60_000)
    expect(told).toHaveLength(before)
    const next = phone()
    expect(next.life.state).toBe('foreground')
    expect(next.wx.getStorageSync('k')).toBe(1)
  })

  test('what was under way is never told to it', async () => {
    const { phone, control } = createWorld()
    const { hide, wx } = phone(undefined, undefined, { network: () => new Promise(() => {}) })
    const told: unknown[] = []
    wx.request({ url: 'https://tea.test/', complete: result => told.push(result) })
    hide()
    control.clock.advance(5000)
    control.clock.advance(1_795_000)
    await settled()
    expect(told).toEqual([])
  })
})
