import { type EmulatedPerson, type Emulator, EmulatorRefusal } from '@weapp-auth/emulator'
import type { TestPush } from '@weapp-auth/server'

/**
 * The button of the console in development: the emulator checks the URL as WeChat does when it is saved, then sends a
 * message that names nobody, so that nothing is erased.
 */
export function createTestPush({ control }: Pick<Emulator, 'control'>, [person]: readonly EmulatedPerson[]): TestPush {
  return async function testPush(appId) {
    if (!person) return null
    try {
      const checked = await control.push.verifyUrl(appId)
      if (!checked.accepted) return checked
      return await control.push.send(appId, { event: 'user_info_modified', personId: person.id, withoutOpenId: true })
    } catch (error) {
      // The emulator knows other apps, or this one without push.
      if (error instanceof EmulatorRefusal) return null
      throw error
    }
  }
}
