import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type PhonePage, startSystem } from './open-phone.ts'

/**
 * For one file of tests: a whole system, and phone pages on it that are closed after each test, without a complaint of
 * the browser. Everybody is somebody new, so that no test sees another one's users; numbers count up from `+86 1380013…`.
 *
 * @example
 * const { system, newcomer, open } = newcomers({ name: 'avatar', numbersFrom: 8800 })
 * const { id } = newcomer()
 * const { handTo } = await open()
 */
export function newcomers({ name, numbersFrom }: { readonly name: string; readonly numbersFrom: number }) {
  let started: Awaited<ReturnType<typeof startSystem>> | undefined
  let opened: PhonePage | undefined
  let people = 0
  beforeAll(async () => {
    started = await startSystem()
  }, 180_000)
  afterAll(() => started?.close())
  afterEach(async () => {
    await opened?.page.context().close()
    expect(opened?.complaints.splice(0) ?? []).toEqual([])
  })
  const system = () => {
    if (!started) throw new Error('the system starts before the first test')
    return started
  }
  return {
    system,
    newcomer(nickname?: string) {
      people += 1
      const id = `${name}-${people}`
      const number = `1380013${numbersFrom + people}`
      system().dev.emulator.control.people.put({ id, name: nickname ?? `新人${people}`, phones: [{ number }] })
      return { id, number }
    },
    async open(...how: Parameters<ReturnType<typeof system>['open']>): Promise<PhonePage> {
      opened = await system().open(...how)
      return opened
    },
  }
}
