import { expect, it } from 'vitest'
import { message } from '../../test/sms-stub.ts'
import { createPrintingSms, type PrintedSms } from './printing.ts'

it('prints the code in clear and the number masked', async () => {
  const printed: PrintedSms[] = []
  const sms = createPrintingSms({ print: one => printed.push(one), environment: 'development' })
  expect(await sms.send(message)).toEqual({ status: 'sent' })
  expect(printed).toEqual([
    { type: 'sms-printed', requestId: 'request-1', appId: message.app.appId, masked: '138******00', code: '123456' },
  ])
})

it('does not work in production: whoever reads the screen could prove any number', () => {
  expect(() => createPrintingSms({ print: () => {}, environment: 'production' })).toThrow(TypeError)
})
