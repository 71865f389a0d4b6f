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
  /** The same, after another look at the device: another copy of the SDK may have refreshed, or logged in. */
  latest(): Promise<StoredSession | null>
  /** A refresh brought new tokens; `nonce` is for the next one. */
  renew(tokens: Tokens, nonce: string): void
  /** A login brought a session; `startedAt` is when its `wx.login` was called. */
  begin(answer: LoginAnswer, startedAt: number, nonce: string): void
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
  readonly userId: string
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

  function renew({ accessToken, expiresIn, refreshToken }: Tokens, nonce: string): void {
    const livesMs = Math.max(expiresIn * 1000 - earlyMs, expiresIn * 500)
    access = { token: accessToken, at: platform.now(), livesMs }
    keep({ refreshToken, nonce })
  }

  return {
    restore: () =>
      storage.read().then(found => {
        // Something may have happened while the device was reading.
        stored = stored || found
      }),
    stored: () => stored,
    // A clock that was set back makes the token look younger: then the server refuses it, and it is refreshed.
    accessToken: () => (access && platform.now() - access.at < access.livesMs ? access.token : null),
    refuse(accessToken) {
      if (access?.token === accessToken) access = null
    },
    async latest() {
      const before = stored
      const found = before && (await storage.read())
      if (stored === before) stored = found || before
      return stored
    },
    renew,
    begin({ loginId, user, tokens }, startedAt, nonce) {
      // The keys of a former user open nothing of this one.
      const before = logins.slice(0, 1).filter(({ userId }) => userId === user.id)
      logins = [{ id: loginId, startedAt, userId: user.id }, ...before]
      keySeenAt = startedAt
      renew(tokens, nonce)
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
