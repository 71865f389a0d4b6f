import { describe, expect, it } from 'vitest'
import { newcomers } from './newcomers.ts'
import { buildNames, isBuilt, oldPages, patience } from './open-phone.ts'

const { newcomer, open: openPhone } = newcomers({ name: 'program', numbersFrom: 8200 })

async function open(...how: Parameters<typeof openPhone>) {
  return { ...newcomer(), ...(await openPhone(...how)) }
}

describe('the programs', { timeout: 120_000 }, () => {
  /** One tap, one consent; the page says whose number it is. */
  async function bind(name: string) {
    const all = await open()
    await all.run(name)
    await all.handTo(all.id)
    await all.phoneButton.click()
    await all.sheet.getByRole('button', { name: '允许' }).click()
    return all
  }

  it('native logs in, asks once and shows the number', async () => {
    const { phone } = await bind('native')
    await phone.getByText(/^138\*{6}\d\d$/).waitFor()
  })

  for (const name of buildNames) {
    const built = isBuilt(name)
    const why = built ? '' : ' (skipped: npm run test:frameworks builds it)'
    it.skipIf(!built)(`${name} logs in, asks once and shows the number${why}`, async () => {
      const { phone } = await bind(name)
      await phone.getByText(/^138\*{6}\d\d$/).waitFor()
    })
  }

  it.each(oldPages)('the old page of %s shows the number after one tap, nothing in it changed', async name => {
    const { phone, number } = await bind(name)
    if (name === '001') await expect.poll(() => phone.locator('input').inputValue(), patience).toBe(number)
    else await phone.getByText(number, { exact: true }).waitFor()
  })

  it('shows how a program is built that is not there yet', async () => {
    const { run, phone } = await open()
    await run('unbuilt')
    await phone.getByText('unbuilt · 还没有构建').waitFor()
  })

  it('forgets nothing of one program while another runs', async () => {
    const { id, run, handTo, phoneButton, sheet, phone } = await open()
    await handTo(id)
    await phoneButton.click()
    await sheet.getByRole('button', { name: '允许' }).click()
    await phone.getByText(/^138\*{6}\d\d$/).waitFor()
    await run('parts')
    await phone.getByText('Chip: inside').waitFor()
    await run('native')
    await phone.getByText(/^138\*{6}\d\d$/).waitFor()
  })
})
