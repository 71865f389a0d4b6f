import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoApp, demoPeople } from 'weapp-auth'
import { seriousFindings } from './axe.ts'
import { type ConsolePage, startConsole } from './open-console.ts'

const slow = { timeout: 240_000 }
let system: Awaited<ReturnType<typeof startConsole>>
let operator: ConsolePage
let userId = ''

/** A person of the emulator who logs in and shares a phone number, as the mini program would. */
async function liveUser(): Promise<string> {
  const { dev } = system
  const send = async (path: string, body: object, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(dev.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as {
      readonly user: { readonly id: string }
      readonly tokens: { readonly accessToken: string }
    }
  }
  const phone = dev.emulator.wx('lin', demoApp.appId)
  const { code } = (await phone.wx.login()) as { readonly code: string }
  const { user, tokens } = await send('/v1/login', { appId: demoApp.appId, code, nonce: crypto.randomUUID() })
  const tapped = await phone.tapPhoneButton()
  await send('/v1/phone', { code: tapped.code, nonce: crypto.randomUUID() }, tokens.accessToken)
  return user.id
}

beforeAll(async () => {
  system = await startConsole()
  userId = await liveUser()
  operator = await system.open({ viewport: { width: 1280, height: 900 } })
}, 240_000)
afterAll(() => system?.close())

test('the first operator joins by the printed link, with a passkey, and signs in again with it', slow, async () => {
  const { page, url } = operator
  const link = new URL(system.dev.invitation ?? '')
  await page.goto(`${url}${link.pathname}${link.hash}`)
  await page.getByLabel('你的名字').fill('chen')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('button', { name: '创建通行密钥' }).click()
  const kept = page.getByRole('button', { name: '已经保存' })
  await kept.waitFor()
  expect(await page.locator('.codes li').count()).toBe(10)
  await kept.click()
  await page.getByRole('heading', { name: '总览' }).waitFor()
  expect(new URL(page.url()).hash).toBe('')

  await page.getByRole('button', { name: '退出' }).click()
  await page.getByRole('button', { name: '用通行密钥登录' }).click()
  await page.getByRole('heading', { name: '总览' }).waitFor()
})

test('a page asks for news while somebody uses it, and ten minutes later no more', slow, async () => {
  const page = await operator.page.context().newPage()
  let asked = 0
  page.on('request', request => {
    asked += Number(request.url().endsWith('/admin/v1/alarms'))
  })
  await page.clock.install()
  await page.goto(`${operator.url}/console/`)
  await page.getByRole('heading', { name: '总览' }).waitFor()
  const during = async (minutes: number) => {
    const before = asked
    await page.clock.runFor(minutes * 60_000)
    // What was asked before this has been told of when this is answered.
    await Promise.all([page.waitForResponse('**/healthz'), page.evaluate(() => fetch('/healthz').then(() => 0))])
    return asked - before
  }
  expect(await during(2)).toBeGreaterThan(0)
  await during(9)
  expect(await during(30)).toBe(0)
  await page.getByRole('heading', { name: '总览' }).click()
  expect(await during(2)).toBeGreaterThan(0)
  await page.close()
})

test('a link that was used lets nobody in', slow, async () => {
  const stranger = await system.open()
  const link = new URL(system.dev.invitation ?? '')
  await stranger.page.goto(`${stranger.url}${link.pathname}${link.hash}`)
  await stranger.page.getByRole('alert').waitFor()
  await stranger.page.context().close()
})

test(
  'a user is found by number, shown masked, and revealed only for a reason that the audit log keeps',
  slow,
  async () => {
    const { page, url } = operator
    const number = demoPeople.find(({ id }) => id === 'lin')?.phones[0]?.number ?? ''
    await page.goto(`${url}/console/users`)
    await page.getByRole('searchbox').fill(number)
    await page.getByRole('button', { name: '查找' }).click()
    await page.getByRole('link', { name: userId }).click()
    await page.getByRole('heading', { name: '手机号历史' }).waitFor()
    expect(await page.locator('main').textContent()).not.toContain(number)

    await page.getByRole('button', { name: '显示', exact: true }).click()
    await page.getByRole('textbox', { name: '原因' }).fill('ticket 4711')
    await page.getByRole('dialog').getByRole('button', { name: '显示', exact: true }).click()
    await page.getByText(number).waitFor()
    await page.goto(`${url}/console/audit`)
    await page.getByText('ticket 4711').first().waitFor()
  },
)

/** Signs in anew, which is a fresh proof. */
async function signInAnew({ page, url }: ConsolePage): Promise<void> {
  await page.goto(`${url}/console/`)
  await page.getByRole('button', { name: '退出' }).click()
  await page.getByRole('button', { name: '用通行密钥登录' }).click()
  await page.getByRole('heading', { name: '总览' }).waitFor()
}

test('one operator asks for full numbers, another one approves, and the first downloads the file', slow, async () => {
  const { page, url } = operator
  await signInAnew(operator)
  await page.goto(`${url}/console/operators`)
  await page.getByRole('button', { name: '邀请' }).click()
  await page.getByLabel('名字').fill('wang')
  await page.getByLabel('角色').selectOption('admin')
  await page.getByRole('dialog').getByRole('button', { name: '邀请' }).click()
  const link = new URL(await page.getByRole('textbox', { name: '一次性链接' }).inputValue())
  const second = await system.open({ viewport: { width: 375, height: 800 } })
  await second.page.goto(`${url}${link.pathname}${link.hash}`)
  await second.page.getByRole('button', { name: '创建通行密钥' }).click()
  await second.page.getByRole('button', { name: '已经保存' }).click()
  await second.page.getByRole('heading', { name: '总览' }).waitFor()

  await page.goto(`${url}/console/users`)
  await page.getByRole('link', { name: '导出 CSV' }).click()
  await page.getByLabel('完整号码与昵称').check()
  await page.getByRole('textbox', { name: '原因' }).fill('ticket 4712')
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: '申请' }).click()
  await page.getByText('等另一位管理员').waitFor()

  await second.page.goto(`${url}/console/exports`)
  await second.page.getByRole('button', { name: '审阅' }).click()
  const sheet = second.page.getByRole('dialog', { name: '批准这次导出吗' })
  await sheet.getByText('ticket 4712').waitFor()
  expect(await seriousFindings(second.page)).toEqual([])
  await sheet.getByRole('button', { name: '批准' }).click()
  await second.page.getByText('可以下载').waitFor()
  expect(await second.page.getByRole('button', { name: '下载' }).count()).toBe(0)

  await page.goto(`${url}/console/exports`)
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载' }).click()
  const file = await coming
  expect(file.suggestedFilename()).toMatch(/^users-\d{4}-\d\d-\d\d\.csv$/)
  const number = demoPeople.find(({ id }) => id === 'lin')?.phones[0]?.number ?? ''
  const text = readFileSync(await file.path(), 'utf8')
  expect(text.startsWith('\uFEFF"id",')).toBe(true)
  expect(text).toContain(`"${userId}"`)
  expect(text).toContain(`"'+86${number}"`)
  await page.getByText('还可下载 2').waitFor()
  expect(second.complaints).toEqual([])
  await second.page.context().close()

  await page.goto(`${url}/console/audit`)
  await page.getByText('导出已发出').first().waitFor()
})

test('the hash chain is verified, from its beginning and from a place that was kept', slow, async () => {
  const { page, url } = operator
  await page.goto(`${url}/console/audit?line=2`)
  await page.getByText('从这一行往前：第 2').waitFor()
  await page.locator('tbody tr').nth(1).waitFor()
  expect(await page.locator('tbody tr').count()).toBe(2)
  await page.getByRole('button', { name: '看最新的' }).click()
  await page.locator('tbody tr').nth(2).waitFor()

  const verify = page.getByRole('button', { name: '校验' })
  await verify.click()
  const place = (await page.locator('.banner .mono').textContent()) ?? ''
  expect(place).toMatch(/^\d+:[0-9a-f]{64}$/)
  const kept = page.getByLabel('以前保存的位置')
  await kept.fill(place)
  await verify.click()
  await page.getByText('完整：').waitFor()
  await kept.fill(`2:${'0'.repeat(64)}`)
  await verify.click()
  await page.getByText('被改动：问题在第 2').waitFor()
})

test('a rid that somebody was shown leads to the story of that login, and to its replay', slow, async () => {
  const { page, url } = operator
  const refused = await fetch(`${system.dev.url}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId: demoApp.appId, code: 'never-issued-by-anybody', nonce: crypto.randomUUID() }),
  })
  const { requestId } = (await refused.json()) as { readonly requestId: string }
  await page.goto(`${url}/console/trace/${requestId}`)
  const rid = (await page.getByText(/errcode 40029, rid: /).textContent())?.match(/[0-9a-f]{8}(-[0-9a-f]{8}){2}/)?.[0]
  await page.getByRole('textbox', { name: '粘贴内容' }).fill(`{"errcode":40029,"errmsg":"invalid code, rid: ${rid}"}`)
  await page.getByRole('button', { name: '查看经过' }).click()
  await page.getByText(requestId).waitFor()
  const replay = page.getByRole('link', { name: '在手机模拟器中重放' })
  expect(await replay.getAttribute('href')).toMatch(/^\/phone\/#v1\/[\w-]+$/)
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('textbox', { name: '粘贴内容' }).fill('getPhoneNumber:fail no permission')
  await page.getByRole('button', { name: '查看经过' }).click()
  await page.getByRole('heading', { name: '说明' }).waitFor()
  await page.getByRole('link', { name: 'POST /v1/login' }).first().waitFor()
  await page.goto(`${url}/console/users/${userId}`)
  await page.getByRole('link', { name: 'POST /v1/phone' }).click()
  await page.getByText('号码已验证并写入账号').waitFor()
})

test(
  'the overview says that no client reports, and then tells the phone button from shown to bound',
  slow,
  async () => {
    const { page, url } = operator
    await page.goto(`${url}/console/`)
    const card = page.locator('section.card', { has: page.getByRole('heading', { name: '手机号按钮' }) })
    await card.getByText('没有客户端上报').waitFor()
    const first = { shown: 8, tapped: 6, firstTapped: 4, agreed: 5, declined: 1, bound: 4, firstBound: 3 }
    const reported = await fetch(`${system.dev.url}/v1/steps`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appId: demoApp.appId, steps: first }),
    })
    expect(reported.status).toBe(204)
    const told = async () => {
      await page.reload()
      await card.waitFor()
      return card.textContent()
    }
    await expect.poll(told, { timeout: 60_000, interval: 1000 }).toContain('占展示 50.0 %')
    expect(await card.textContent()).toMatch(/首次点击即成功: 75\.0 %.*用户拒绝或关闭了窗口/s)
  },
)

test('every page has no serious finding of axe, no complaint of the browser, and fits a phone', slow, async () => {
  const { page, url, complaints } = operator
  const paths = [
    '',
    'users',
    `users/${userId}`,
    'trace',
    'apps',
    `apps/${demoApp.appId}`,
    'keys',
    'consents',
    'jobs',
    'audit',
  ]
  for (const path of [...paths, 'exports', 'exports?kind=audit', 'operators', 'account', 'nowhere']) {
    await page.goto(`${url}/console/${path}`)
    await page.locator('#content > *').first().waitFor()
    await page.waitForLoadState('networkidle')
    expect({ path, findings: await seriousFindings(page) }).toEqual({ path, findings: [] })
    await page.setViewportSize({ width: 375, height: 800 })
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect({ path, overflow }).toEqual({ path, overflow: 0 })
    await page.setViewportSize({ width: 1280, height: 900 })
  }
  expect(complaints).toEqual([])
})

test('its policy lets no inline script run', slow, async () => {
  const { page, url } = operator
  await page.goto(`${url}/console/`)
  const ran = await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.documentElement.dataset.ran = "yes"'
    document.body.append(script)
    return document.documentElement.dataset.ran ?? 'no'
  })
  expect(ran).toBe('no')
})
