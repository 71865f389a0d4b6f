import { afterEach, describe, expect, it } from 'vitest'
import { demoApp } from 'weapp-auth'
import { newcomers } from './newcomers.ts'
import { patience } from './open-phone.ts'

const minute = 120_000
const { system, newcomer, open: openPhone } = newcomers({ name: 'dialog', numbersFrom: 8100 })
afterEach(() => {
  system().dev.emulator.control.apps.change(demoApp.appId, { privacy: null, publishedAt: null })
})

async function open(setup: { readonly privacy?: true; readonly publishedAt?: number } = {}) {
  const { control } = system().dev.emulator
  const { id } = newcomer('阿青')
  control.apps.change(demoApp.appId, {
    privacy: setup.privacy ? { required: true } : null,
    publishedAt: setup.publishedAt ?? null,
  })
  const opened = await openPhone()
  const { phone, handTo, run } = opened
  await run('parts')
  await handTo(id)
  const log = phone.locator('#log')
  const says = (text: string | RegExp) => expect.poll(() => log.textContent(), patience).toMatch(new RegExp(text))
  await phone.getByText('Chip: inside').waitFor()
  return { ...opened, says }
}

describe('what WeChat draws', { timeout: minute }, () => {
  it('asks for the privacy guideline first, and then for the phone number', async () => {
    const { button, sheet, says, page } = await open({ privacy: true })
    await button('Privacy').click()
    await page.locator('[data-dialog=privacy]').waitFor()
    await sheet.getByRole('button', { name: '拒绝' }).click()
    await says('requirePrivacyAuthorize:fail privacy permission is not authorized')
    // The button carries the consent: no dialog comes before the sheet.
    await button('Phone').click()
    await page.locator('[data-dialog=phone]').waitFor()
    await sheet.getByRole('button', { name: '允许' }).click()
    await says('getphonenumber.*getPhoneNumber:ok')
    await button('Privacy').click()
    await says('requirePrivacyAuthorize:ok')
  })

  it('shows the sheet of the real-time check too', async () => {
    const { button, sheet, says } = await open()
    await button('Realtime').click()
    await sheet.getByRole('button', { name: '拒绝' }).click()
    await says('getrealtimephonenumber.*fail user deny')
  })

  it('hands over the WeChat picture as a file that the page can show', async () => {
    const { button, sheet, says, phone } = await open()
    await button('Avatar').click()
    await sheet.locator('[data-choice=wechat]').click()
    await says('chooseavatar.*wxfile://tmp_')
    const picture = phone.locator('image.avatar img')
    await expect.poll(() => picture.evaluate(node => (node as HTMLImageElement).naturalWidth), patience).toBe(132)
  })

  it('takes a picture of the album, and drops one that fails the check', async () => {
    const { button, sheet, says, phone } = await open()
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    await button('Avatar').click()
    await sheet
      .locator('[data-choice=album]')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') })
    await says('chooseavatar.*[.]png')
    const picture = phone.locator('image.avatar img')
    await expect.poll(() => picture.evaluate(node => (node as HTMLImageElement).naturalWidth), patience).toBe(1)
    await button('Avatar').click()
    await sheet.locator('[data-choice=refused]').click()
    await sheet.waitFor({ state: 'detached' })
    await button('Avatar').click()
    await sheet.getByRole('button', { name: '取消' }).click()
    await says('chooseavatar.*fail cancel')
  })

  it('asks for scopes and shows them on the settings page', async () => {
    const { button, sheet, says } = await open()
    await button('Record').click()
    await sheet.getByText('麦克风').waitFor()
    await sheet.getByRole('button', { name: '允许' }).click()
    await says('authorize:ok')
    await button('Settings').click()
    await sheet.getByRole('switch').uncheck()
    await sheet.getByRole('button', { name: '完成' }).click()
    await says('opensetting.*"scope.record":false')
  })

  it('shows the profile dialog to versions of before April 2021, and nothing today', async () => {
    const old = await open({ publishedAt: Date.UTC(2021, 2, 1) })
    await old.button('Profile').click()
    await old.sheet.getByText('to greet you').waitFor()
    await old.sheet.getByRole('button', { name: '允许' }).click()
    await old.says('profile getUserProfile:ok 阿青')
    await old.page.context().close()
    const today = await open()
    await today.button('Profile').click()
    await today.says('profile getUserProfile:ok 微信用户')
  })

  it('offers the nickname above the keyboard, and clears one that fails the check', async () => {
    const { page, phone, says } = await open()
    const field = phone.getByPlaceholder('nickname')
    await field.focus()
    await phone.getByRole('button', { name: '阿青' }).click()
    expect(await field.inputValue()).toBe('阿青')
    await field.blur()
    await says('nicknamereview {"pass":true,"timeout":false}')

    await page.getByText('弹窗怎么回答').click()
    await page.locator('[data-decision=nickname-review]').selectOption('deny')
    await field.fill('rude')
    await field.blur()
    await says('nicknamereview {"pass":false,"timeout":false}')
    expect(await field.inputValue()).toBe('')
  })

  it('draws modal, toast and the tab bar', async () => {
    const { button, phone, says } = await open()
    await button('Modal').click()
    await phone.getByRole('alertdialog').getByRole('button', { name: '取消' }).click()
    await says('confirm false')
    await button('Toast').click()
    await phone.getByRole('status').getByText('Saved').waitFor()
    await phone.getByRole('navigation').getByRole('button', { name: 'Second' }).click()
    await phone.getByText('second page').waitFor()
  })
})

describe('the components of WeChat', { timeout: minute }, () => {
  it('collects a form, and resets it', async () => {
    const { button, phone, says } = await open()
    await phone.getByPlaceholder('nickname').fill('Q')
    await phone.getByText('Milk').click()
    await phone.getByRole('checkbox').first().focus()
    await phone.getByRole('checkbox').first().press('Space')
    await phone.getByText('Large').click()
    await phone.getByRole('switch').click()
    await button('Submit').click()
    const value = '{"nick":"Q","age":"7","about":"text","likes":["tea","milk"],"size":"l","on":true}'
    await says(new RegExp(`submit .*${value.replace(/[[\]{}]/g, '\\$&')}`))
    await button('Reset').click()
    await says('reset')
    expect(await phone.getByPlaceholder('nickname').inputValue()).toBe('')
  })

  it('isolates the styles of a component and follows a navigator', async () => {
    const { phone } = await open()
    const colour = await phone.locator('chip view').evaluate(node => getComputedStyle(node).color)
    expect(colour).toBe('rgb(1, 2, 3)')
    await phone.getByText('Go on').click()
    await phone.getByText('second page').waitFor()
  })

  it('says which component is not there, and still shows what stands in it', async () => {
    const { phone } = await open()
    const note = (tag: string) =>
      phone.locator(tag).evaluate(node => getComputedStyle(node, '::before').content + node.textContent)
    expect(await note('picker')).toMatch(/<picker>|picker.*picker inside/)
    expect(await note('nonsense')).toMatch(/not in the simulator.*who knows/)
    expect(await phone.locator('view[wx-missing], chip[wx-missing]').count()).toBe(0)
  })

  it('shows an error of the page in the journal, and goes on', async () => {
    const { button, step, says, complaints } = await open()
    await button('Broken').click()
    await step('script-error').filter({ hasText: 'oops of the page' }).waitFor()
    expect(complaints.splice(0)).toEqual([expect.stringContaining('oops of the page')])
    await button('Privacy').click()
    await says('requirePrivacyAuthorize:ok')
  })
})
