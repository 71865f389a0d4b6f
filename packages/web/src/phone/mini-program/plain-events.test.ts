import { describe, expect, it, vi } from 'vitest'
import { plainEvent } from './plain-events.ts'

const controls = () => ({ preventDefault: vi.fn(), stopPropagation: vi.fn(), markMutated: vi.fn() })
const target = { id: 'go', dataset: { id: 7 }, secretOfTheFramework: true }

describe('the event of a handler', () => {
  const source = { type: 'getphonenumber', timeStamp: 12, detail: { code: 'c' }, extraFields: undefined, ...controls() }
  const event = plainEvent(source, target, { step: 1 }, target)

  it('owns its detail', () => {
    expect(Object.hasOwn(event, 'detail')).toBe(true)
  })

  it('shows id and dataset of its nodes and nothing of the framework', () => {
    expect({ ...event }).toEqual({
      type: 'getphonenumber',
      timeStamp: 12,
      detail: { code: 'c' },
      target: { id: 'go', dataset: { id: 7 } },
      currentTarget: { id: 'go', dataset: { id: 7 } },
      mark: { step: 1 },
    })
  })

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({ type: 'getphonenumber', detail: { code: 'c' } })
  })

  it('still stops where the framework stops it', () => {
    ;(event as { stopPropagation(): void }).stopPropagation()
    expect(source.stopPropagation).toHaveBeenCalledOnce()
  })
})

it('lets a framework put functions of its own in the place of its controls, as uni-app does', () => {
  const source = { type: 'tap', timeStamp: 1, detail: {}, extraFields: undefined, ...controls() }
  const event = plainEvent(source, target, null, target)
  const own = () => {}
  Object.assign(event, { preventDefault: own, stopPropagation: own })
  expect(event).toMatchObject({ preventDefault: own, stopPropagation: own })
})

it('a tap carries its touch fields beside the others', () => {
  const source = { type: 'tap', timeStamp: 1, detail: { x: 1, y: 2 }, extraFields: { touches: [] }, ...controls() }
  expect(plainEvent(source, target, null, target)).toMatchObject({ touches: [], type: 'tap' })
})
