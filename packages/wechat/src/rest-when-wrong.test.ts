import { expect, test } from 'vitest'
import { createManualTime } from '../test/manual-time.ts'
import { createRestWhenWrong } from './rest-when-wrong.ts'
import type { Reply } from './send.ts'

const refused = (errcode: number): Reply<never> => ({
  status: 'refused',
  refusal: { errcode, errmsg: '', rid: undefined, afterLost: false },
})

function resting(...replies: Reply<string>[]) {
  const time = createManualTime()
  const unlessWrong = createRestWhenWrong(time.timer)
  let asked = 0
  const ask = () =>
    unlessWrong(async () => {
      asked += 1
      return replies.shift() ?? { status: 'ok', value: 'session' }
    })
  return { time, ask, asked: () => asked }
}

test.each([40125, 40013])(
  'after errcode %i the same answer stands for a minute, then WeChat is asked again',
  async errcode => {
    const { time, ask, asked } = resting(refused(errcode))
    for (let count = 0; count < 3; count += 1) expect(await ask()).toMatchObject({ refusal: { errcode } })
    await time.pass(59_999)
    expect(await ask()).toMatchObject({ refusal: { errcode } })
    expect(asked()).toBe(1)
    await time.pass(1)
    expect(await ask()).toEqual({ status: 'ok', value: 'session' })
    expect(asked()).toBe(2)
  },
)

test('what a code meets says nothing about the next one', async () => {
  const { ask, asked } = resting(refused(40029), refused(45011))
  for (let count = 0; count < 3; count += 1) await ask()
  expect(asked()).toBe(3)
})
