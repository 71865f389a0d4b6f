import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoApp } from 'weapp-auth'
import { seriousFindings } from './axe.ts'
import { type ConsolePage, joinAsFirst, startConsole } from './open-console.ts'

const slow = { timeout: 240_000 }
const appId = 'wx00000000000000b2'
/** As it would be entered at WeChat. */
const pushKeys = { token: 'Token123', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const secret = 'decade00decade11decade22decade33'
let system: Awaited<ReturnType<typeof startConsole>>
let operator: ConsolePage

beforeAll(async () => {
  system = await startConsole()
  const push = { ...pushKeys, url: `${system.dev.url}/v1/wechat/push/${appId}` }
  system.dev.emulator.control.apps.put({ appId, secret, name: 'Second', push })
  operator = await system.open({ viewport: { width: 1280, height: 900 } })
  await joinAsFirst(operator, system.dev.invitation)
}, 240_000)
afterAll(() => system?.close())

/** The line of one step of the check, once it says so. */
async function step(name: string, state: string): Promise<string> {
  const line = operator.page.locator('li', { has: operator.page.getByText(name, { exact: true }) })
  await line.getByText(state, { exact: true }).waitFor()
  return (await line.textContent()) ?? ''
}

async function change(fill: () => Promise<void>): Promise<void> {
  const { page } = operator
  await page.getByRole('button', { name: '修改', exact: true }).click()
  await fill()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

test('a mini program is added with a wrong secret, the check names it, and the right one mends it', slow, async () => {
  const { page, url } = operator
  await page.goto(`${url}/console/apps`)
  await page.getByRole('button', { name: '添加小程序' }).click()
  await page.getByLabel('AppID').fill(appId)
  await page.getByLabel('AppSecret').fill('f'.repeat(32))
  await page.getByLabel('名字').fill('Second')
  await page.getByRole('button', { name: '保存并检查' }).click()
  expect(await step('AppSecret', '有问题')).toContain('errcode 40125')
  expect(await step('IP 白名单', '未检查')).not.toBe('')

  await change(() => page.getByLabel('AppSecret').fill(secret))
  await page.getByRole('button', { name: '再次检查' }).click()
  for (const name of ['AppID', 'AppSecret', 'IP 白名单', '手机号权限']) await step(name, '正常')
  await step('消息推送', '请留意')
  expect(await seriousFindings(page)).toEqual([])
})

test('an address that is not allowed is printed, and so is a missing right to numbers', slow, async () => {
  const { page, url } = operator
  const { accounts } = system.dev.emulator.control
  await page.goto(`${url}/console/apps/${demoApp.appId}`)
  const check = page.getByRole('button', { name: '检查', exact: true })
  accounts.change(demoApp.appId, { ipAllowList: ['203.0.113.7'] })
  await check.click()
  expect(await step('IP 白名单', '有问题')).toContain('127.0.0.1')
  accounts.change(demoApp.appId, { ipAllowList: [], notGranted: ['getPhoneNumber'] })
  await page.getByRole('button', { name: '再次检查' }).click()
  expect(await step('手机号权限', '有问题')).toContain('errcode 48001')
  accounts.change(demoApp.appId, { notGranted: [] })
})

test('push is set up, tried by the button, and what arrived is shown; a wrong Token is seen', slow, async () => {
  const { page, url } = operator
  await page.goto(`${url}/console/apps/${appId}`)
  await change(async () => {
    await page.getByLabel('Token', { exact: true }).fill(pushKeys.token)
    await page.getByLabel('EncodingAESKey').fill(pushKeys.encodingAesKey)
  })
  await page.getByText('安全模式', { exact: true }).waitFor()
  await page.getByRole('button', { name: '让模拟器推送一次' }).click()
  await page.getByText('模拟器收到了正确的回答').waitFor()
  await page.getByRole('cell', { name: '地址检查' }).waitFor()

  await change(async () => {
    await page.getByLabel('Token', { exact: true }).fill('Another1')
    await page.getByLabel('EncodingAESKey').fill(pushKeys.encodingAesKey)
  })
  await page.getByRole('button', { name: '让模拟器推送一次' }).click()
  await page.getByText('服务端没有正确回答').waitFor()
  await page.getByText('已拒绝 · signature').waitFor()
})

test('old formats are off, are switched on behind a warning, and off again', slow, async () => {
  const { page, url, complaints } = operator
  await page.goto(`${url}/console/apps/${appId}`)
  await change(async () => {
    await page.getByText('危险：').waitFor()
    expect(await page.getByRole('checkbox', { name: '003b' }).isChecked()).toBe(false)
    expect(await seriousFindings(page)).toEqual([])
    await page.getByLabel('接受哪些手机号凭证').selectOption('enforce')
    await page.getByRole('checkbox', { name: '003b' }).check()
    await page.getByLabel('每天付费手机号的上限（空为不限）').fill('500')
  })
  await page.getByText('003b phone /user').waitFor()
  await page.getByText('500', { exact: true }).waitFor()
  await change(() => page.getByRole('checkbox', { name: '003b' }).uncheck())
  await page.getByText('003b phone /user').waitFor({ state: 'detached' })
  expect(complaints).toEqual([])
})
