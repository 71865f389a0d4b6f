import type { SmsOutcome, SmsVerifyOutcome } from '@weapp-auth/client/sms'
import { sms } from '../../auth'
import { language, text } from '../../texts'

/** For those who do not want WeChat's button: a number that is typed, proved by a code. */
Page({
  data: { text, number: '', code: '', sent: false, busy: false, notice: '' },

  onLoad() {
    wx.setNavigationBarTitle({ title: text.bySms })
  },

  typeNumber({ detail }: WechatMiniprogram.Input) {
    this.setData({ number: detail.value })
  },

  typeCode({ detail }: WechatMiniprogram.Input) {
    this.setData({ code: detail.value })
  },

  async send() {
    const outcome = await this.wait(sms.send(this.data.number))
    this.setData({ sent: this.data.sent || outcome.status === 'sent' })
  },

  async verify() {
    const outcome = await this.wait(sms.verify(this.data.code))
    if ('phone' in outcome) wx.navigateBack()
  },

  async wait<Outcome extends SmsOutcome | SmsVerifyOutcome>(answer: Promise<Outcome>): Promise<Outcome> {
    this.setData({ busy: true })
    const outcome = await answer
    this.setData({ busy: false, notice: 'message' in outcome ? outcome.message[language] : '' })
    return outcome
  },
})
