import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ServerEvent, tellServerEvent } from './tell-server-event.ts'

/** The pages do not import the server, so its own text is read. */
function source(path: string): string {
  return readFileSync(new URL(`../../../../server/src/${path}`, import.meta.url), 'utf8')
}

const eventTypes = [...source('ports/observer.ts').matchAll(/readonly type: '([a-z-]+)'/g)].map(([, type = '']) => type)
const [, ends = ''] = /type SessionEnd = (.+)/.exec(source('ports/session-store.ts')) ?? []
const reasons = [...ends.matchAll(/'([a-z-]+)'/g)].map(([, reason = '']) => reason)

const event = (more: Partial<ServerEvent> & { readonly type: string }): ServerEvent => ({ requestId: 'r', ...more })

describe('every event of the server', () => {
  it('is found in the table of the port', () => {
    expect(eventTypes).toContain('login-recorded')
    expect(eventTypes.length).toBeGreaterThan(20)
    expect(reasons).toContain('logout')
  })

  it.each(eventTypes)('has a sentence of its own in both languages: %s', type => {
    const { text } = tellServerEvent(event({ type }))
    expect(text.zh).not.toContain('服务端事件')
    expect(text.en).not.toContain('server event')
    expect(text.zh).toMatch(/\p{Script=Han}/u)
    expect(text.en).not.toMatch(/\p{Script=Han}/u)
  })

  it.each([...reasons, 'erased'])('and every end of a session: %s', reason => {
    const texts = [...reasons, 'erased'].map(
      one => tellServerEvent(event({ type: 'session-ended', reason: one })).text.en,
    )
    const { en } = tellServerEvent(event({ type: 'session-ended', reason })).text
    expect(en).not.toContain(`: ${reason}`)
    expect(texts.filter(text => text === en)).toHaveLength(1)
  })

  it('that a later version adds is shown by its name', () => {
    expect(tellServerEvent(event({ type: 'tea-served' }))).toMatchObject({ what: 'tea-served', mood: 'fine' })
  })
})
