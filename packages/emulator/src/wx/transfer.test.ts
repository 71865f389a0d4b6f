import { describe, expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'
import type { EmulatedLaunch } from '../create-emulator.ts'

const URL_OF_TEA = 'https://tea.test/v1/avatar'
const settled = () => new Promise(resolve => setTimeout(resolve, 5))

function createPhone(launch: EmulatedLaunch = {}) {
  const world = createWorld()
  return { ...world, runtime: world.phone(LIN.id, TEA, launch) }
}

type Phone = ReturnType<typeof createPhone>['runtime']

async function avatarOf(runtime: Phone): Promise<string> {
  const [event] = await runtime.tap('chooseAvatar')
  return event?.type === 'chooseavatar' ? (event.detail.avatarUrl ?? '') : ''
}

const upload = ({ wx }: Phone, options: object) =>
  new Promise<Record<string, unknown>>(resolve =>
    wx.uploadFile({ url: URL_OF_TEA, name: 'file', complete: resolve as never, ...options } as never),
  )

describe('uploadFile', () => {
  test('sends a picture that whoever draws the avatar sheet has put down', async () => {
    let sent: Blob | undefined
    const network = async (request: Request) => {
      sent = (await request.formData()).get('file') as Blob
      return new Response('ok')
    }
    const { runtime } = createPhone({ network })
    const avatarUrl = runtime.files.add(Uint8Array.of(137, 80, 78, 71), 'png')
    runtime.decideDialog('avatar', { decision: 'allow', avatarUrl })
    await upload(runtime, { filePath: await avatarOf(runtime) })
    expect(new Uint8Array((await sent?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(Uint8Array.of(137, 80, 78, 71))
  })

  test('sends a chosen avatar as a form, and answers with a text', async () => {
    const seen: { form?: FormData; referer?: string | null } = {}
    const network = async (request: Request) => {
      seen.form = await request.formData()
      seen.referer = request.headers.get('referer')
      return Response.json({ ok: true }, { status: 201 })
    }
    const { runtime, noted } = createPhone({ network })
    const filePath = await avatarOf(runtime)
    const progress: unknown[] = []
    const answer = await new Promise(resolve => {
      const task = runtime.wx.uploadFile({
        url: URL_OF_TEA,
        filePath,
        name: 'avatar',
        header: { 'content-type': 'text/plain' },
        formData: { user: 'lin' },
        success: resolve,
      })
      task.onProgressUpdate(told => progress.push(told))
    })
    expect(answer).toMatchObject({ errMsg: 'uploadFile:ok', statusCode: 201, data: '{"ok":true}' })
    expect(seen.form?.get('user')).toBe('lin')
    const file = seen.form?.get('avatar') as File
    expect(file.name).toBe(filePath.split('/').at(-1))
    expect(new TextDecoder().decode(await file.arrayBuffer())).toMatch(/^GIF89a/)
    expect(seen.referer).toContain('servicewechat.com')
    expect(progress).toEqual([{ progress: 100, totalBytesSent: file.size, totalBytesExpectedToSend: file.size }])
    expect(noted('wx.uploadFile')).toMatchObject({ ok: true, facts: { method: 'POST', url: URL_OF_TEA, status: 201 } })
  })

  test('reads what the host knows, and fails without a file, a name or an allowed domain', async () => {
    const network = async () => new Response('')
    const readFile = async (path: string) => (path === 'blob:1' ? new Blob(['x']) : undefined)
    const domains = { upload: ['https://tea.test'], request: [] }
    const { runtime } = createPhone({ network, readFile, domains })
    expect(await upload(runtime, { filePath: 'blob:1' })).toMatchObject({ errMsg: 'uploadFile:ok' })
    expect(await upload(runtime, { filePath: 'blob:2' })).toEqual({ errMsg: 'uploadFile:fail file not found' })
    expect(await upload(runtime, {})).toHaveProperty('errno', 1001)
    expect(await upload(runtime, { filePath: 'blob:1', url: 'https://other.test/' })).toEqual({
      errMsg: 'uploadFile:fail url not in domain list',
      errno: 600002,
    })
  })

  test('ten at once, sixty seconds, interrupted after five in the background', async () => {
    let flying = 0
    const network = () => {
      flying += 1
      return new Promise<Response>(() => {})
    }
    const readFile = async () => new Blob(['x'])
    const { runtime, control } = createPhone({ network, readFile })
    const ended: string[] = []
    for (let at = 0; at < 11; at += 1)
      runtime.wx.uploadFile({
        url: URL_OF_TEA,
        filePath: 'blob:1',
        name: 'f',
        fail: ({ errMsg }) => ended.push(errMsg),
      })
    await settled()
    expect(flying).toBe(10)
    control.clock.advance(60_000)
    await settled()
    expect(ended.filter(text => text === 'uploadFile:fail timeout')).toHaveLength(10)
    expect(flying).toBe(11)
    runtime.hide()
    control.clock.advance(5000)
    runtime.show()
    await settled()
    expect(ended.at(-1)).toBe('uploadFile:fail interrupted')
  })
})

describe('downloadFile', () => {
  test('keeps the answer as a temporary file that can be sent again', async () => {
    const sent: string[] = []
    const network = async (request: Request) => {
      if (request.method === 'GET') return new Response('picture', { status: 404 })
      sent.push(await ((await request.formData()).get('f') as File).text())
      return new Response('')
    }
    const { runtime } = createPhone({ network })
    const downloaded = await new Promise<{ tempFilePath: string }>(resolve =>
      runtime.wx.downloadFile({ url: 'https://tea.test/a.png?x=1', success: resolve }),
    )
    expect(downloaded).toMatchObject({ errMsg: 'downloadFile:ok', statusCode: 404 })
    expect(downloaded.tempFilePath).toMatch(/\.png$/)
    await upload(runtime, { filePath: downloaded.tempFilePath, name: 'f' })
    expect(sent).toEqual(['picture'])
  })
})
