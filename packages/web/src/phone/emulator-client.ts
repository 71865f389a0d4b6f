import type { EmulatorState } from '@weapp-auth/emulator'

/** The control API of the emulator, as far as this page uses it. All of it rejects when the emulator is away. */
export interface EmulatorClient {
  state(): Promise<EmulatorState>
  /** Moves WeChat's time forward and answers the new time, both in milliseconds. */
  advance(ms: number): Promise<number>
}

export function createEmulatorClient(): EmulatorClient {
  return {
    state: () => ask('/_emulator/state'),
    advance: async ms => {
      const body = JSON.stringify({ advanceMs: ms })
      const headers = { 'content-type': 'application/json' }
      const { now } = await ask<{ readonly now: number }>('/_emulator/clock', { method: 'POST', headers, body })
      return now
    },
  }
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json() as Promise<T>
}
