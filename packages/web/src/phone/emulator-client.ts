import type { Bill, EmulatorState } from '@weapp-auth/emulator'
import type { Consents, WechatUse } from '@weapp-auth/emulator/wx'

/** The control API of the emulator, as far as this page uses it. All of it rejects when the emulator is away. */
export interface EmulatorClient {
  state(): Promise<EmulatorState>
  /** Moves WeChat's time forward and answers the new time, both in milliseconds. */
  advance(ms: number): Promise<number>
  bill(appId: string): Promise<Bill>
  consents(use: WechatUse): Promise<Consents>
  /** Planned faults, in the words of the control API. */
  faults(): Promise<{ readonly http: readonly object[]; readonly wx: readonly object[] }>
  /** Any other control call: `post('keys/rotate', { appId, personId })`. */
  post(route: string, body?: object): Promise<unknown>
}

export function createEmulatorClient(): EmulatorClient {
  const post = <T>(route: string, body: object = {}) =>
    ask<T>(`/_emulator/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return {
    state: () => ask('/_emulator/state'),
    advance: async ms => (await post<{ readonly now: number }>('clock', { advanceMs: ms })).now,
    bill: appId => ask(`/_emulator/bill?appId=${appId}`),
    consents: use => post('wx/consents', use),
    faults: async () => {
      const [http, wx] = await Promise.all(
        ['faults', 'wx-faults'].map(route => ask<{ readonly pending: readonly object[] }>(`/_emulator/${route}`)),
      )
      return { http: http?.pending ?? [], wx: wx?.pending ?? [] }
    },
    post,
  }
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json() as Promise<T>
}
