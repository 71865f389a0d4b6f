import { authBehavior } from '@weapp-auth/client/behavior'
import type { PhoneOutcome, PhonesAnswer, SessionsAnswer } from '@weapp-auth/client/wx'
import { auth } from '../../auth'
import { day, language, text } from '../../texts'

interface Row {
  masked: string
  line: string
  verifiedAt: string
}

interface SessionRow {
  id: string
  name: string
  line: string
  current: boolean
}

/** The number that WeChat vouches for now, the ones before it, and where this account is logged in. */
Page({
  behaviors: [authBehavior(auth)],
  data: { text, language, current: null as Row | null, former: [] as Row[], sessions: [] as SessionRow[], notice: '' },

  onLoad() {
    wx.setNavigationBarTitle({ title: text.titleAccount })
  },

  onShow() {
    auth.fetchUser()
    this.loadPhones()
    this.loadSessions()
  },

  async loadPhones() {
    const answer = await this.ask<PhonesAnswer>('/v1/me/phones')
    if (!answer) return
    const rows = answer.phones.map(({ masked, verifiedAt, replacedAt }) => ({
      masked,
      verifiedAt,
      line: replacedAt ? `${text.until} ${day(replacedAt)}` : `${text.verifiedAt} ${day(verifiedAt)}`,
    }))
    this.setData({ current: rows[0] ?? null, former: rows.slice(1) })
  },

  async loadSessions() {
    const answer = await this.ask<SessionsAnswer>('/v1/me/sessions')
    if (!answer) return
    const sessions = answer.sessions.map(({ id, device, refreshedAt, current }) => ({
      id,
      current,
      name: text.devices[device],
      line: current ? text.thisDevice : `${text.lastSeen} ${day(refreshedAt)}`,
    }))
    this.setData({ sessions })
  },

  /** Any request of the app goes out like this; it waits for the login and carries the token. */
  async ask<Answer>(url: string, method: 'GET' | 'DELETE' = 'GET'): Promise<Answer | null> {
    const outcome = await auth.request({ url, method })
    if (outcome.status === 'answered') return outcome.response.status < 300 ? (outcome.response.body as Answer) : null
    if (outcome.status !== 'aborted') this.setData({ notice: outcome.message[language] })
    return null
  },

  async endSession({ currentTarget }: WechatMiniprogram.BaseEvent) {
    await this.ask(`/v1/me/sessions/${currentTarget.dataset.id}`, 'DELETE')
    await this.loadSessions()
  },

  async onPhoneOutcome(outcome: PhoneOutcome) {
    if ('phone' in outcome) await this.loadPhones()
  },

  async logOut() {
    const { confirm } = await wx.showModal({ title: text.logOut, content: text.logOutAsk, confirmText: text.logOut })
    if (!confirm) return
    await auth.logout()
    wx.navigateBack()
  },
})
