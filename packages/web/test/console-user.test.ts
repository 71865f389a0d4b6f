import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoApp } from 'weapp-auth'
import { seriousFindings } from './axe.ts'
import { type ConsolePage, joinAsFirst, startConsole } from './open-console.ts'

const slow = { timeout: 240_000 }
let system: Awaited<ReturnType<typeof startConsole>>
let operator: ConsolePage

beforeAll(async () => {
  system = await startConsole()
  operator = await system.open({ viewport: { width: 1280, height: 900 } })
  await joinAsFirst(operator, system.dev.invitation)
}, 240_000)
afterAll(() => system?.close())

interface LoggedIn {
  readonly user: { readonly id: string }
}

/** A login of one of the emulator's people. */
async function logIn(person: string): Promise<{ readonly status: number; readonly body: LoggedIn }> {
  const { code } = (await system.dev.emulator.wx(person, demoApp.appId).wx.login()) as { readonly code: string }
  const answer = await fetch(`${system.dev.url}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId: demoApp.appId, code, nonce: crypto.randomUUID() }),
  })
  return { status: answer.status, body: (await answer.json()) as LoggedIn }
}

async function openUser(id: string): Promise<void> {
  await operator.page.goto(`${operator.url}/console/users/${id}`)
  await operator.page.getByRole('heading', { name: '微信身份' }).waitFor()
}

/** Presses a button of the page, gives a reason and confirms. */
async function act(button: string, reason: string): Promise<void> {
  const { page } = operator
  await page.locator('main').getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('textbox', { name: '原因' }).fill(reason)
  await page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

test('a user who is blocked is shown so with the reason, loses the sessions, and comes back', slow, async () => {
  const { page } = operator
  const { body } = await logIn('lin')
  await openUser(body.user.id)
  await act('封禁', 'ticket 1001: spam')
  await page.locator('.banner', { hasText: 'ticket 1001: spam' }).waitFor()
  expect((await logIn('lin')).status).toBe(403)
  expect(await seriousFindings(page)).toEqual([])

  await act('解除封禁', 'ticket 1001: sorted out')
  await page.locator('.banner').waitFor({ state: 'detached' })
  expect((await logIn('lin')).status).toBe(200)
  const timeline = page.locator('.timeline')
  await timeline.getByText('ticket 1001: sorted out').waitFor()
  expect(await timeline.locator('li').count()).toBe(2)
})

test('sessions end one by one and together', slow, async () => {
  const { page } = operator
  const { body } = await logIn('chen')
  await logIn('chen')
  await logIn('chen')
  await openUser(body.user.id)
  const ends = page.getByRole('button', { name: '结束', exact: true })
  expect(await ends.count()).toBe(3)
  await ends.first().click()
  await ends.nth(2).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '结束全部' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '结束全部' }).click()
  await ends.first().waitFor({ state: 'detached' })
})

test('a copy of the data comes as a file', slow, async () => {
  const { page } = operator
  const { body } = await logIn('ada')
  await openUser(body.user.id)
  const [file] = await Promise.all([page.waitForEvent('download'), act('导出', 'ticket 1002')])
  const copy: unknown = JSON.parse(readFileSync(await file.path(), 'utf8'))
  expect(copy).toMatchObject({ user: { id: body.user.id } })
})

test('another user is merged after a preview, and the merge is undone', slow, async () => {
  const { page } = operator
  const [stays, goes] = [(await logIn('lin')).body.user.id, (await logIn('ada')).body.user.id]
  await openUser(stays)
  await page.getByRole('button', { name: '合并…' }).click()
  await page.getByLabel('另一个用户的 id').fill(goes)
  await page.getByRole('button', { name: '预览' }).click()
  await page.getByRole('columnheader', { name: '并入的用户' }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('textbox', { name: '原因' }).fill('ticket 1003')
  await page.getByRole('dialog').getByRole('button', { name: '合并' }).click()
  await page.getByRole('link', { name: goes }).waitFor()
  expect((await logIn('ada')).body.user.id).toBe(stays)

  await act('撤销', 'ticket 1003: wrong account')
  await page.getByText('已撤销').waitFor()
  expect((await logIn('ada')).body.user.id).toBe(goes)
})

test('a user who is erased is gone, and the page says since when', slow, async () => {
  const { page, complaints } = operator
  const { body } = await logIn('chen')
  await openUser(body.user.id)
  await act('删除', 'ticket 1004')
  await page.getByText('删除或合并于').waitFor()
  expect(await page.getByRole('button', { name: '删除', exact: true }).count()).toBe(0)
  expect((await logIn('chen')).body.user.id).not.toBe(body.user.id)
  expect(complaints).toEqual([])
})
