import type { AuthState, PhoneOutcome } from '@weapp-auth/client/wx'
import { auth } from '../../auth'
import { language, text } from '../../texts'

Page({
  data: {
    text,
    /** What the big button does: `offer` the phone button, `retry` sending, `login`, or open the account when `done`. */
    step: 'offer' as 'offer' | 'retry' | 'login' | 'done',
    busy: true,
    again: false,
    notice: '',
    accountLine: '',
    phone: null as { masked: string } | null,
  },

  stop: () => {},
  retryPhone: null as (() => Promise<PhoneOutcome>) | null,
  failing: false,

  onLoad() {
    this.stop = auth.subscribe(state => this.show(state))
    this.show(auth.state())
  },

  onUnload() {
    this.stop()
  },

  /** With a session from an earlier day nothing was asked yet: ask once for the account. */
  async onShow() {
    const login = await auth.ready()
    if (login.status === 'ready' && !login.user) await auth.fetchUser()
  },

  tapped: () => auth.phoneTapped(),

  async bindPhone(event: WechatMiniprogram.ButtonGetPhoneNumber) {
    this.tell(await auth.bindPhone(event))
  },

  async retry() {
    if (this.retryPhone) this.tell(await this.retryPhone())
  },

  login: () => auth.login(),

  openAccount: () => wx.navigateTo({ url: '../account/index' }),

  /** Every outcome without a phone carries a sentence for the user; `unavailable` can be repeated without a tap. */
  tell(outcome: PhoneOutcome) {
    const bound = 'phone' in outcome
    this.retryPhone = outcome.status === 'unavailable' ? outcome.retry : null
    this.setData({ notice: bound ? '' : outcome.message[language], again: !bound })
    this.show(auth.state())
  },

  show({ session, phone, user, failure }: AuthState) {
    const recovered = this.failing && !failure
    this.failing = failure !== null
    const outside = session === 'failed' || session === 'out'
    this.setData({
      phone: user?.phone ? { masked: user.phone.masked } : null,
      step: outside ? 'login' : this.retryPhone ? 'retry' : user?.phone ? 'done' : 'offer',
      busy: session === 'starting' || session === 'logging-in' || phone !== 'idle',
      accountLine: outside ? text.loggedOut : user ? `ID ${user.id.slice(-8)}` : text.loggingIn,
      ...(failure && { notice: failure.message[language] }),
      ...(recovered && { notice: '' }),
    })
  },
})
