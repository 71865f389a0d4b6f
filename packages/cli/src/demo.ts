import type { EmulatedApp, EmulatedPerson } from '@weapp-auth/emulator'

/** The mini program of `weapp-auth dev`. The secret opens nothing but the emulator on this machine. */
export const demoApp: EmulatedApp = {
  appId: 'wx0000000000000001',
  secret: '00000000000000000000000000000001',
  name: '一点即用 One Tap',
}

/** How the emulator and the server know each other's pushed messages. */
export const demoPush = { token: 'OnlyForDev', encodingAesKey: 'OnlyForDevAndTheEmulatorOnThisMachine000000' }

/**
 * Who uses it. No Chinese mobile number begins with 120, and +44 7700 900xxx is kept for fiction by the British
 * regulator, so nobody has these numbers.
 */
export const demoPeople: readonly EmulatedPerson[] = [
  { id: 'lin', name: '林小满 Lin Xiaoman', phones: [{ number: '12000000001' }] },
  { id: 'chen', name: '陈安 Chen An', phones: [{ number: '12000000002' }, { number: '12000000003' }] },
  { id: 'ada', name: '艾达 Ada Bell', phones: [{ countryCode: '44', number: '7700900123' }] },
]
