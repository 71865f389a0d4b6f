import { describe, expect, it } from 'vitest'
import { newcomers } from './newcomers.ts'
import { patience } from './open-phone.ts'

const { newcomer, open: openPhone } = newcomers({ name: 'avatar', numbersFrom: 8800 })

/** The profile page of the native example, in the hands of somebody new. */
async function open() {
  const { id } = newcomer('阿青')
  const opened = await openPhone()
  const { phone, handTo, run, step } = opened
  await run('native')
  await handTo(id)
  await step('POST /v1/login').first().waitFor()
  await phone.getByText('微信用户').click()
  const choose = phone.locator('button[wx-open-type=chooseAvatar]')
  await choose.waitFor()
  /** Width and address of the picture that the page on top shows. */
  const shown = (selector: string) =>
    phone
      .locator(`${selector} img`)
      .last()
      .evaluate(node => ({ width: (node as HTMLImageElement).naturalWidth, src: (node as HTMLImageElement).src }))
  return { ...opened, choose, shown }
}

describe('the profile of the native example', { timeout: 120_000 }, () => {
  it('uploads the WeChat picture, and the server’s copy is shown, also after a cold start', async () => {
    const { choose, sheet, shown, page, step } = await open()
    await choose.click()
    await sheet.locator('[data-choice=wechat]').click()
    await step('POST /v1/profile/avatar').first().waitFor()
    await expect.poll(() => shown('button[wx-open-type=chooseAvatar] image'), patience).toMatchObject({ width: 132 })
    expect((await shown('button[wx-open-type=chooseAvatar] image')).src).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\//)
    await page.getByTestId('restart').click()
    await expect.poll(() => shown('image.avatar'), patience).toMatchObject({ width: 132 })
  })

  it('uploads a picture of the album', async () => {
    const { choose, sheet, shown, page } = await open()
    const bytes = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(40, 40)
      canvas.getContext('2d')?.fillRect(0, 0, 20, 20)
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())]
    })
    await choose.click()
    const file = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(bytes) }
    await sheet.locator('[data-choice=album]').setInputFiles(file)
    await expect.poll(() => shown('button[wx-open-type=chooseAvatar] image'), patience).toMatchObject({ width: 40 })
    expect((await shown('button[wx-open-type=chooseAvatar] image')).src).toContain('/v1/')
  })

  it('saves a nickname once it was reviewed, and not one that fails', async () => {
    const { phone, page, step } = await open()
    const field = phone.locator('input').last()
    await field.focus()
    await phone.getByRole('button', { name: '阿青' }).click()
    await field.blur()
    await step('POST /v1/profile').first().waitFor()
    await phone.getByText('已保存').waitFor()
    await page.getByText('弹窗怎么回答').click()
    await page.locator('[data-decision=nickname-review]').selectOption('deny')
    await field.fill('rude')
    await field.blur()
    await expect.poll(() => field.inputValue(), patience).not.toBe('rude')
    await page.getByTestId('restart').click()
    await phone.getByText('阿青', { exact: true }).waitFor()
  })
})
