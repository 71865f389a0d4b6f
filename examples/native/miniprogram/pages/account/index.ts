import type { PhonesAnswer } from '@weapp-auth/client/wx'
import { auth } from '../../auth'
import { language, text } from '../../texts'

interface Row {
  masked: string
  line: string
  verifiedAt: string
}

Page({
  data: { text, current: null as Row | null, former: [] as Row[], busy: false, notice: '' },

  onLoad() {
    void wx.setNavigationBarTitle({ title: text.titleAccount })
  },

  onShow() {
    void this.load()
  },

  async load() {
    const outcome = await auth.request({ url: '/v1/me/phones' })
    if (outcome.status !== 'answered') return this.setData({ notice: outcome.message[language] })
    const { phones } = outcome.response.body as PhonesAnswer
    const rows = phones.map(({ masked, verifiedAt, replacedAt }) => ({
      masked,
      verifiedAt,
      line: replacedAt ? `${text.until} ${day(replacedAt)}` : `${text.verifiedAt} ${day(verifiedAt)}`,
    }))
    return this.setData({ current: rows[0] ?? null, former: rows.slice(1) })
  },

  async changePhone(event: WechatMiniprogram.ButtonGetPhoneNumber) {
    this.setData({ busy: true })
    const outcome = await auth.bindPhone(event)
    this.setData({ busy: false, notice: 'phone' in outcome ? '' : outcome.message[language] })
    if ('phone' in outcome) await this.load()
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
