import { Session } from 'node:inspector/promises'
import { parsePushBody } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { app, openTarget } from './open-target.ts'

/*
 * A24: a few hundred bytes of XML that grow to gigabytes, or read a file, in a parser that expands entities. What is
 * measured is what was allocated, which no load of the machine changes: V8 samples every 64 bytes on average, and counts
 * what was freed since.
 */

const push = { token: 'OnlyForTheAttacks', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const megabyte = 1024 * 1024
const limit = 64 * 1024

const lol = Array.from({ length: 9 }, (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at};`.repeat(10)}">`).join('')
const bombs: Readonly<Record<string, string>> = {
  'a billion laughs': `<!DOCTYPE xml [<!ENTITY lol0 "lol">${lol}]><xml><Encrypt>&lol9;</Encrypt></xml>`,
  'a quadratic blow-up': `<!DOCTYPE xml [<!ENTITY a "${'a'.repeat(30_000)}">]><xml><E>${'&a;'.repeat(10_000)}</E></xml>`,
  'an entity inside of the element': `<xml><Encrypt>${'&#65;'.repeat(12_000)}</Encrypt></xml>`,
  'an entity of a file': '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Encrypt>&x;</Encrypt></xml>',
  'an entity of a URL': '<!DOCTYPE xml [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]><xml><Encrypt>&x;</Encrypt></xml>',
  'a parameter entity': '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]><xml></xml>',
  'an entity that is itself': '<!DOCTYPE xml [<!ENTITY a "&b;"><!ENTITY b "&a;">]><xml><E>&a;</E></xml>',
  'an XInclude': '<xml xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></xml>',
  'deep elements': `<xml>${'<a>'.repeat(10_000)}${'</a>'.repeat(8000)}</xml>`,
  'many sections': `<xml><Encrypt>${'<![CDATA[a]]>'.repeat(4500)}</Encrypt></xml>`,
  'many fields': `<xml>${Array.from({ length: 4000 }, (_, at) => `<a${at}>1</a${at}>`).join('')}</xml>`,
  'many attributes': `<xml ${'a="1" '.repeat(10_000)}></xml>`,
  'deep JSON': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'wide JSON': `[${'[],'.repeat(20_000)}[]]`,
}

/** Bytes that `run` allocated on this thread's heap, freed ones included. */
async function allocated(run: () => Promise<unknown>): Promise<number> {
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.enable')
  const counted = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true }
  await session.post('HeapProfiler.startSampling', { samplingInterval: 64, ...counted })
  await run()
  const { profile } = await session.post('HeapProfiler.stopSampling')
  session.disconnect()
  const sum = ({ selfSize, children }: typeof profile.head): number =>
    children.reduce((total, child) => total + sum(child), selfSize)
  return sum(profile.head)
}

test('the measure sees what is allocated, and what was freed again', async () => {
  const bytes = await allocated(async () => {
    let kept = 0
    for (let at = 0; at < 100; at += 1) kept += Array.from({ length: 10_000 }, () => at).length
    return kept
  })
  expect(bytes).toBeGreaterThan(4 * megabyte)
})

test.each(Object.entries(bombs))('%s gives nothing longer than itself', (_, bomb) => {
  const fields = parsePushBody(bomb)
  const output = [...(fields ?? [])].reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  expect(output).toBeLessThanOrEqual(bomb.length)
  expect([...(fields ?? new Map<string, string>()).values()].join('')).not.toMatch(/root:|lollol/)
})

test.each(Object.entries(bombs))('%s sent to the server costs less than a megabyte and is refused', async (_, bomb) => {
  const target = await openTarget({ people: [], policy: { push } })
  const url = `https://auth.example.com/v1/wechat/push/${app.appId}?timestamp=1&nonce=2&msg_signature=${'0'.repeat(40)}`
  expect(Buffer.byteLength(bomb)).toBeLessThanOrEqual(limit)
  const send = async (body: string) => {
    const answer = await target.server.fetch(new Request(url, { method: 'POST', body }))
    return { status: answer.status, text: await answer.text() }
  }
  // The first one loads and compiles what the second one only uses.
  await send('<xml></xml>')
  const answers: { status: number; text: string }[] = []
  const bytes = await allocated(async () => answers.push(await send(bomb)))
  expect(answers).toMatchObject([{ status: 403 }])
  expect(answers[0]?.text.length).toBeLessThan(2000)
  expect(bytes).toBeLessThan(megabyte)
})

test('a message of more than 64 KB is not read to its end', async () => {
  const target = await openTarget({ people: [], policy: { push } })
  let given = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 16_384
      controller.enqueue(new Uint8Array(16_384).fill(0x61))
    },
  })
  const url = `https://auth.example.com/v1/wechat/push/${app.appId}`
  const init = { method: 'POST', body: endless, duplex: 'half' } as const
  expect((await target.server.fetch(new Request(url, init))).status).toBe(413)
  expect(given).toBeLessThan(4 * limit)
})
