import type { PhoneOutcome, PhonesAnswer } from '@weapp-auth/client/wx'
import { auth } from '../../auth'
import { language, text } from '../../texts'

interface Row {
  masked: string
  line: string
  verifiedAt: string
}

Page({
  data: { text, current: null as Row | null, former: [] as Row[], busy: false, unsent: false, notice: '' },

  retryPhone: null as (() => Promise<PhoneOutcome>) | null,

  onLoad() {
    void wx.setNavigationBarTitle({ title: text.titleAccount })
  },

  onShow() {
    void this.load()
  },

  async load() {
    const outcome = await auth.request({ url: '/v1/me/phones' })
    if (outcome.status === 'answered') this.show(outcome.response.body as PhonesAnswer)
    else if (outcome.status !== 'aborted') this.setData({ notice: outcome.message[language] })
  },

  show({ phones }: PhonesAnswer) {
    const rows = phones.map(({ masked, verifiedAt, replacedAt }) => ({
      masked,
      verifiedAt,
      line: replacedAt ? `${text.until} ${day(replacedAt)}` : `${text.verifiedAt} ${day(verifiedAt)}`,
    }))
    this.setData({ current: rows[0] ?? null, former: rows.slice(1) })
  },

  tapped: () => auth.phoneTapped(),

  async changePhone(event: WechatMiniprogram.ButtonGetPhoneNumber) {
    await this.tell(auth.bindPhone(event))
  },

  async retry() {
    if (this.retryPhone) await this.tell(this.retryPhone())
  },

  async tell(submission: Promise<PhoneOutcome>) {
    this.setData({ busy: true })
    const outcome = await submission
    const bound = 'phone' in outcome
    this.retryPhone = outcome.status === 'unavailable' ? outcome.retry : null
    this.setData({ busy: false, unsent: this.retryPhone !== null, notice: bound ? '' : outcome.message[language] })
    if (bound) await this.load()
  },

  async logOut() {
    const { confirm } = await wx.showModal({ title: text.logOut, content: text.logOutAsk, confirmText: text.logOut })
    if (!confirm) return
    await auth.logout()
    void wx.navigateBack()
  },
})

function day(iso: string): string {
  const date = new Date(iso)
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`
}
