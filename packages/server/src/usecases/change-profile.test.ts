import { type Problem, type ProfileAnswer, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { expectProblem, issuer, openServer, race } from '../../test/open-server.ts'

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100, 7)])
const gif = Buffer.from('GIF89a and so on')
const hour = 60 * 60_000

function opened(options: Parameters<typeof openServer>[0] & { maxBytes?: number } = {}) {
  const avatars = createMemoryAvatars()
  const { maxBytes, ...more } = options
  const limit = maxBytes === undefined ? {} : { maxBytes }
  const server = openServer({ avatars: { storage: avatars.storage, ...limit }, ...more })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  return {
    ...server,
    avatars,
    rename: (nickname: unknown, token: string) =>
      server.post<ProfileAnswer & Problem>(routes.profile, { nickname }, token),
    upload: (bytes: Uint8Array<ArrayBuffer>, token: string, name = 'face.png', type = 'image/png') => {
      const body = new FormData()
      body.append('avatar', new File([bytes], name, { type }))
      return server.send<ProfileAnswer & Problem>(routes.avatar, { method: 'POST', headers: bearer(token), body })
    },
    raw: (body: RequestInit['body'], type: string, token: string) =>
      server.send<ProfileAnswer & Problem>(routes.avatar, {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': type },
        body: body ?? null,
      }),
    removeAvatar: (token: string) =>
      server.send<ProfileAnswer & Problem>(routes.avatar, { method: 'DELETE', headers: bearer(token) }),
    see: (url: string | null) => server.server.fetch(new Request(url ?? 'https://nowhere.example.com')),
  }
}

describe('the nickname', () => {
  it('is trimmed, told in every answer that carries the user, and cleared with null', async () => {
    const { logIn, rename, me, post } = opened()
    const { token } = await logIn()
    const { status, body } = await rename(' 小明 ', token)
    expect([status, body.user.profile]).toEqual([200, { nickname: '小明', avatarUrl: null }])
    expect((await me(token)).body.user).toEqual(body.user)
    expect((await logIn()).user).toEqual(body.user)
    expect((await post<ProfileAnswer>(routes.profile, {}, token)).body.user).toEqual(body.user)
    expect((await rename(null, token)).body.user.profile.nickname).toBeNull()
  })

  it('is told again to a retry of a login', async () => {
    const { logIn, rename, post, wechat } = opened()
    const { token, person } = await logIn()
    await rename('小明', token)
    const body = { appId: person.appId, code: wechat.loginCode(person), nonce: 'r'.repeat(16) }
    const [first, again] = [await post(routes.login, body), await post(routes.login, body)]
    expect(first.body).toMatchObject({ user: { profile: { nickname: '小明' } } })
    expect(again.body).toMatchObject({ user: { profile: { nickname: '小明' } } })
  })

  it('is no placeholder of WeChat, and what was stored stays', async () => {
    const { logIn, rename, me } = opened()
    const { token } = await logIn()
    await rename('小明', token)
    for (const name of ['微信用户', 'Wechat user', '  ']) {
      const answer = await rename(name, token)
      expectProblem(answer, 400, 'profile_placeholder')
      expect(answer.body.field).toBe('nickname')
    }
    expectProblem(await rename('小\u202e明', token), 400, 'request_invalid')
    expectProblem(await rename(7, token), 400, 'request_invalid')
    expect((await me(token)).body.user.profile.nickname).toBe('小明')
  })

  it('needs a session, and is written nowhere in plain', async () => {
    const { logIn, rename, store, events } = opened()
    expectProblem(await rename('小明', 'nobody'), 401, 'token_invalid')
    const { token, user } = await logIn()
    await rename('小明的真名', token)
    const sealed = (await store.findAccount(user.id))?.profile.sealedNickname
    expect(Buffer.from(sealed ?? []).toString('latin1')).not.toContain(Buffer.from('小明').toString('latin1'))
    expect(JSON.stringify(events)).not.toContain('小明')
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'profile-recorded', field: 'nickname', cleared: false }),
    )
  })

  it('of two changes at once is one of both', async () => {
    const { logIn, rename, me } = opened()
    const { token } = await logIn()
    const answers = await race(16, index => rename(`name ${index}`, token))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect((await me(token)).body.user.profile.nickname).toMatch(/^name \d+$/)
  })
})

describe('the avatar', () => {
  it('is uploaded as wx.uploadFile does it, and found under an address of its own', async () => {
    const { logIn, upload, me, see } = opened()
    const { token } = await logIn()
    const { status, body } = await upload(png, token)
    const url = body.user.profile.avatarUrl ?? ''
    expect(status).toBe(200)
    expect(url).toMatch(new RegExp(`^${issuer}/v1/avatars/[A-Za-z0-9_-]{32}$`))
    expect((await me(token)).body.user.profile.avatarUrl).toBe(url)
    const picture = await see(url)
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(png)
    expect(Object.fromEntries(picture.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })

  it('is also taken as it is', async () => {
    const { logIn, raw, see } = opened()
    const { token } = await logIn()
    const { body } = await raw(gif, 'image/jpeg', token)
    expect((await see(body.user.profile.avatarUrl)).headers.get('content-type')).toBe('image/gif')
  })

  it('is a picture by its content, whatever its name and its type say', async () => {
    const { logIn, upload, raw, avatars, see } = opened()
    const { token } = await logIn()
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    expectProblem(await upload(svg, token, 'face.png', 'image/png'), 400, 'avatar_invalid')
    expectProblem(await upload(Buffer.from('<html>'), token), 400, 'avatar_invalid')
    expectProblem(await raw(svg, 'image/svg+xml', token), 400, 'avatar_invalid')
    expectProblem(await raw(Buffer.alloc(0), 'image/png', token), 400, 'avatar_invalid')
    expect(avatars.files.size).toBe(0)
    const { body } = await upload(gif, token, '../../etc/passwd.html', 'text/html')
    expect((await see(body.user.profile.avatarUrl)).headers.get('content-type')).toBe('image/gif')
  })

  it('has a limit, which is checked before it is read and after', async () => {
    const { logIn, upload, raw, avatars } = opened({ maxBytes: 1024 })
    const { token } = await logIn()
    const large = Buffer.concat([png, Buffer.alloc(1024)])
    for (const answer of [await upload(large, token), await raw(large, 'image/png', token)]) {
      expectProblem(answer, 413, 'avatar_too_large')
      expect(answer.body.detail).toBe('"avatar" must have at most 1024 bytes')
    }
    expectProblem(await upload(Buffer.concat([png, Buffer.alloc(100_000)]), token), 413, 'avatar_too_large')
    expect(avatars.files.size).toBe(0)
    expect((await upload(png, token)).status).toBe(200)
  })

  it('comes in the only field of its form', async () => {
    const { logIn, raw, send } = opened()
    const { token } = await logIn()
    const headers = { authorization: `Bearer ${token}` }
    const post = (fill: (form: FormData) => void) => {
      const body = new FormData()
      fill(body)
      return send(routes.avatar, { method: 'POST', headers, body })
    }
    expectProblem(await post(form => form.append('file', new File([png], 'a'))), 400, 'request_invalid')
    expectProblem(await post(form => form.append('avatar', 'text')), 400, 'request_invalid')
    expectProblem(await post(() => {}), 400, 'request_invalid')
    const two = (form: FormData) => [1, 2].forEach(() => void form.append('avatar', new File([png], 'a')))
    expectProblem(await post(two), 400, 'request_invalid')
    const more = (form: FormData) => {
      form.append('avatar', new File([png], 'a'))
      form.append('userId', 'somebody')
    }
    expectProblem(await post(more), 400, 'request_invalid')
    expectProblem(await raw('--x', 'multipart/form-data; boundary=x', token), 400, 'request_invalid')
    expectProblem(await raw('{}', 'application/json', token), 415, 'media_type_unsupported')
    expectProblem(await raw(png, '', token), 415, 'media_type_unsupported')
  })

  it('gets a new address each time, and the former file goes', async () => {
    const { logIn, upload, removeAvatar, avatars, see } = opened()
    const { token } = await logIn()
    const first = (await upload(png, token)).body.user.profile.avatarUrl
    const second = (await upload(png, token)).body.user.profile.avatarUrl
    expect(second).not.toBe(first)
    expect((await see(first)).status).toBe(404)
    expect(avatars.files.size).toBe(1)
    expect((await removeAvatar(token)).body.user.profile.avatarUrl).toBeNull()
    expect((await removeAvatar(token)).status).toBe(200)
    expect(avatars.files.size).toBe(0)
  })

  it('replaced by many at once leaves one file, which is the one that is named', async () => {
    const { logIn, upload, avatars, me, see } = opened()
    const { token } = await logIn()
    await race(16, () => upload(png, token))
    expect(avatars.files.size).toBe(1)
    expect((await see((await me(token)).body.user.profile.avatarUrl)).status).toBe(200)
  })

  it('whose consent is withdrawn while it is written leaves no file and no name', async () => {
    const { storage, files } = createMemoryAvatars()
    let withdraw = async (): Promise<unknown> => undefined
    const put: typeof storage.put = async (...picture) => {
      await withdraw()
      await storage.put(...picture)
    }
    const { logIn, send, pass, me } = openServer({ avatars: { storage: { ...storage, put } } })
    const { token } = await logIn()
    const headers = { authorization: `Bearer ${token}` }
    withdraw = () => {
      pass(1)
      return send(routes.consent.replace('{scope}', 'profile'), { method: 'DELETE', headers })
    }
    const upload = { method: 'POST', headers: { ...headers, 'content-type': 'image/png' }, body: png }
    expectProblem(await send(routes.avatar, upload), 403, 'consent_required')
    expect(files.size).toBe(0)
    expect((await me(token)).body.user.profile.avatarUrl).toBeNull()
  })

  it('that could not be kept leaves the former one', async () => {
    const { logIn, upload, avatars, me } = opened()
    const { token } = await logIn()
    const { avatarUrl } = (await upload(png, token)).body.user.profile
    avatars.failNext('put')
    expectProblem(await upload(png, token), 503, 'storage_failed')
    expect((await me(token)).body.user.profile.avatarUrl).toBe(avatarUrl)
  })

  it('whose file could not be deleted is deleted by sweeping', async () => {
    const { logIn, upload, avatars, server, pass } = opened()
    const { token } = await logIn()
    await upload(png, token)
    avatars.failNext('delete')
    expect((await upload(png, token)).status).toBe(200)
    expect(avatars.files.size).toBe(2)
    await server.sweep()
    expect(avatars.files.size).toBe(2)
    pass(hour + 1)
    expect(await server.sweep()).toBeGreaterThanOrEqual(1)
    expect(avatars.files.size).toBe(1)
  })

  it('is told apart from one that was never there', async () => {
    const { send } = opened()
    for (const key of ['x'.repeat(32), 'short', '..%2f..%2fkeys.json', 'x'.repeat(33)])
      expectProblem(await send(routes.avatarFile.replace('{key}', key)), 404, 'avatar_unknown')
  })

  it('is not taken without a storage', async () => {
    const { logIn, send, me } = openServer()
    const { token } = await logIn()
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'image/png' }
    expectProblem(await send(routes.avatar, { method: 'POST', headers, body: png }), 403, 'avatars_off')
    expect((await me(token)).body.user.profile.avatarUrl).toBeNull()
  })

  it('needs a session before its bytes are read', async () => {
    const { send } = opened()
    const headers = { 'content-type': 'image/png' }
    expectProblem(await send(routes.avatar, { method: 'POST', headers, body: png }), 401, 'token_missing')
  })
})
