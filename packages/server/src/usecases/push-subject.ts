/** Whom an event is about, and what they take back; kept sealed until its job is done. */
export interface PushSubject {
  readonly openId: string
  readonly revoked: readonly string[]
}

export function writePushSubject({ openId, revoked }: PushSubject): string {
  return JSON.stringify([openId, ...revoked])
}

export function readPushSubject(text: string): PushSubject {
  const [openId = '', ...revoked]: string[] = JSON.parse(text)
  return { openId, revoked }
}
