import { expect, test } from 'vitest'
import { app, lin, minutes, openStage, type Stage, type StageOptions, worlds } from './stage.ts'
import { openThirdParty } from './third-party-platform.ts'

/** The server has no secret of the mini program: a third-party platform acts for it. */
async function openPlatformStage(world: StageOptions) {
  let company: ReturnType<typeof openThirdParty> | undefined
  const stage = await openStage({
    ...world,
    thirdParty(emulator) {
      company = openThirdParty(emulator, app.appId)
      return company
    },
  })
  if (!company) throw new Error('the stage did not ask for the platform')
  return { stage, company }
}

test.each(worlds)('a mini program of a third-party platform logs in and binds a phone, %s', async (_, world) => {
  const { stage, company } = await openPlatformStage(world)
  try {
    await company.pushTicket('ticket@@@1')
    const visit = stage.open(lin)
    expect(await visit.tap()).toMatchObject({ status: 'bound' })
    expect(await visit.get('/v1/me/phones')).toMatchObject({ phones: [{ number: '+8613800138000' }] })
    expect(company.held.refreshToken).toBe('refreshtoken@@@2')

    stage.advance(minutes(121))
    expect(await stage.open(lin).tap()).toMatchObject({ status: 'unchanged' })
    expect(company.held.refreshToken).toBe('refreshtoken@@@3')
    expect([company.countOf('api_component_token'), company.countOf('api_authorizer_token')]).toEqual([2, 2])
    const { secret } = company.component
    for (const seen of [...stage.answers, JSON.stringify(stage.events)])
      for (const hidden of [secret, 'ticket@@@', 'refreshtoken@@@']) expect(seen).not.toContain(hidden)
  } finally {
    await stage.close()
  }
})

const misconfigured = { status: 503, body: { code: 'app_misconfigured' } }

async function logIn(stage: Stage) {
  const { code } = (await stage.emulator.wx(lin.id, app.appId).wx.login()) as { code: string }
  return stage.post('/v1/login', { appId: app.appId, code, nonce: crypto.randomUUID() })
}

test.each(worlds)('before WeChat has pushed a ticket the operator is told, %s', async (_, world) => {
  const { stage, company } = await openPlatformStage(world)
  try {
    expect(await logIn(stage)).toMatchObject(misconfigured)
    expect(company.countOf('api_component_token')).toBe(0)
  } finally {
    await stage.close()
  }
})

test('a push that is not from WeChat brings no ticket', async () => {
  const { stage, company } = await openPlatformStage({})
  try {
    expect((await company.pushTicket('ticket@@@forged', { token: 'guessed' })).status).toBe(403)
    expect(await logIn(stage)).toMatchObject(misconfigured)
  } finally {
    await stage.close()
  }
})

test.each(worlds)('after the authorization was revoked the operator is told, %s', async (_, world) => {
  const { stage, company } = await openPlatformStage(world)
  try {
    await company.pushTicket('ticket@@@1')
    expect(await logIn(stage)).toMatchObject({ status: 200 })
    company.revoke()
    expect(await logIn(stage)).toMatchObject(misconfigured)
  } finally {
    await stage.close()
  }
})
