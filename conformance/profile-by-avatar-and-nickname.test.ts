import { createProfile } from '@weapp-auth/client/profile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { app, lin, openStage, type Stage, worlds } from './stage.ts'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3)

let stage: Stage
afterEach(() => stage.close())

function visit() {
  const { auth, phone, get } = stage.open(lin)
  return { auth, phone, get, profile: createProfile({ auth }) }
}

type Visit = ReturnType<typeof visit>

/** Taps the avatar button and chooses a picture of these bytes. */
async function choose({ phone }: Visit, bytes: Uint8Array<ArrayBuffer>, ending: string) {
  phone.decideDialog('avatar', { decision: 'allow', avatarUrl: phone.files.add(bytes, ending) })
  const [event] = await phone.tap('chooseAvatar')
  return event
}

describe.each(worlds)('%s', (_, world) => {
  beforeEach(async () => {
    stage = await openStage(world)
  })

  test('a chosen picture and a typed name are the profile from then on', async () => {
    const here = visit()
    const avatar = await here.profile.chooseAvatar(await choose(here, png, 'png'))
    expect(avatar).toMatchObject({ status: 'saved' })
    const { value } = await here.phone.blurNickname('小林')
    expect(await here.profile.nickname(value)).toMatchObject({ status: 'saved' })

    const { user } = (await here.get('/v1/me')) as { user: { profile: { nickname: string; avatarUrl: string } } }
    expect(user.profile.nickname).toBe('小林')
    const picture = await stage.server.fetch(new Request(user.profile.avatarUrl))
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(png)
    expect(await stage.open(lin).get('/v1/me')).toMatchObject({ user: { profile: user.profile } })
  })

  test('another picture takes its place, and the former file is gone', async () => {
    const here = visit()
    await here.profile.chooseAvatar(await choose(here, png, 'png'))
    const [former = ''] = stage.avatars.keys()
    await here.profile.chooseAvatar(await choose(here, Uint8Array.from(Buffer.from('GIF89a again')), 'gif'))
    expect([...stage.avatars.keys()]).not.toContain(former)
    expect(stage.avatars.size).toBe(1)
  })

  test('a page in the clothes of a picture is refused', async () => {
    const here = visit()
    const svg = Uint8Array.from(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'))
    expect((await here.profile.chooseAvatar(await choose(here, svg, 'png'))).status).not.toBe('saved')
    expect(stage.avatars.size).toBe(0)
  })

  test('who puts the sheet away keeps the profile they have', async () => {
    const here = visit()
    await here.profile.nickname('小林')
    here.phone.decideDialog('avatar', { decision: 'deny' })
    const [event] = await here.phone.tap('chooseAvatar')
    expect((await here.profile.chooseAvatar(event)).status).not.toBe('saved')
    expect(await here.get('/v1/me')).toMatchObject({ user: { profile: { nickname: '小林', avatarUrl: null } } })
  })
})

test('what getUserInfo gives today is recognised, and does not overwrite the name', async () => {
  stage = await openStage({ policy: { openData: 'enforce' } })
  const here = visit()
  await here.profile.nickname('小林')
  const info = await here.phone.wx.getUserInfo()
  expect(info.userInfo.nickName).toBe('微信用户')
  expect(await here.profile.openData(info)).toMatchObject({ status: 'placeholder' })
  expect(await here.get('/v1/me')).toMatchObject({ user: { profile: { nickname: '小林' } } })
})

test('what getUserInfo gave to a version of before 2021 is taken by its signature', async () => {
  const old = { ...app, publishedAt: Date.UTC(2021, 0, 1) }
  stage = await openStage({ policy: { openData: 'enforce' }, apps: [old] })
  const here = visit()
  await here.auth.ready()
  here.phone.decideDialog('scope', { decision: 'allow' })
  const [event] = await here.phone.tap('getUserInfo')
  expect(await here.profile.openData(event)).toMatchObject({ status: 'saved' })
  expect(await here.get('/v1/me')).toMatchObject({ user: { profile: { nickname: 'Lin' } } })
})
