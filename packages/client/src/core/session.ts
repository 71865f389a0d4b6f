import type { LoginAnswer, Tokens } from '@weapp-auth/protocol/contract'
import type { Platform } from '../platform.ts'
import type { SessionStorage, StoredSession } from './stored-session.ts'

/** The session of ours: access token and logins in memory only, the refresh token also on the device. */
export interface Session {
  /** Reads the device; once, at launch. */
  restore(): Promise<void>
  /** Null when there is no session. A new object after each change: compare it to see whether somebody else was faster. */
  stored(): StoredSession | null
  /** The access token, unless it is missing or about to expire. */
  accessToken(): string | null
  /** This access token was refused. */
  refuse(accessToken: string): void
  /** Remembers that a refresh is about to be sent; resolves when the device knows it. */
  attempt(stored: StoredSession): Promise<unknown>
  /** A refresh brought new tokens. */
  renew(tokens: Tokens): void
  /** A login brought a session; `startedAt` is when its `wx.login` was called. */
  begin(answer: LoginAnswer, startedAt: number): void
  end(): Promise<unknown>
  /** Logins whose key may have made a ciphertext that arrived at `eventAt`, the likeliest first. */
  loginIds(eventAt: number): readonly string[]
  /** When the session_key was last known to be the current one; 0 when it never was. */
  keySeenAt(): number
  /** `wx.checkSession` has just found the session_key valid. */
  keySeen(): void
}

/** Refreshed this long before it expires, so that it does not expire on the way. */
const earlyMs = 30_000
/** A ciphertext is not accepted when it is older, so neither is the login of an older key needed. */
const ciphertextLivesMs = 300_000

interface Access {
  readonly token: string
  readonly at: number
  readonly livesMs: number
}

interface Login {
  readonly id: string
  readonly startedAt: number
}

export function createSession(platform: Platform, storage: SessionStorage): Session {
  let stored: StoredSession | null = null
  let access: Access | null = null
  let logins: readonly Login[] = []
  let keySeenAt = 0

  function keep(next: StoredSession | null): Promise<unknown> {
    stored = next
    return storage.write(next)
  }

  function renew({ accessToken, expiresIn, refreshToken }: Tokens): void {
    const livesMs = Math.max(expiresIn * 1000 - earlyMs, expiresIn * 500)
    access = { token: accessToken, at: platform.now(), livesMs }
    keep({ refreshToken })
  }

  return {
    async restore() {
      const found = await storage.read()
      // Something may have happened while the device was reading.
      stored = stored ?? found
    },
    stored: () => stored,
    // A clock that was set back makes the token look younger: then the server refuses it, and it is refreshed.
    accessToken: () => (access && platform.now() - access.at < access.livesMs ? access.token : null),
    refuse(accessToken) {
      if (access?.token === accessToken) access = null
    },
    attempt: keep,
    renew,
    begin(answer, startedAt) {
      logins = [{ id: answer.loginId, startedAt }, ...logins.slice(0, 1)]
      keySeenAt = startedAt
      renew(answer.tokens)
    },
    end() {
      access = null
      return keep(null)
    },
    loginIds(eventAt) {
      const [newest] = logins
      const both = newest && eventAt - newest.startedAt < ciphertextLivesMs
      return logins.slice(0, both ? 2 : 1).map(({ id }) => id)
    },
    keySeenAt: () => keySeenAt,
    keySeen() {
      keySeenAt = platform.now()
    },
  }
}
