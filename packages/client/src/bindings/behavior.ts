/**
 * The client as a Behavior of native mini programs, for pages (base library 2.9.2) and components.
 *
 * @module
 */
import type { Auth, AuthState, PhoneOutcome } from '../index.ts'
import { createPhoneButton, type PhoneButton, type PhoneButtonOptions, type PhoneButtonState } from './phone-button.ts'

export type { PhoneButtonOptions }

/** `data.auth` of a page: the state of client and phone button, without what a template cannot use. */
export interface AuthData extends AuthState, Pick<PhoneButtonState, 'step' | 'busy' | 'label' | 'otherWay'> {
  /** Empty for an ordinary button. */
  readonly openType: string
  readonly outcome: Pick<PhoneOutcome, 'status'> | null
}

interface Host {
  readonly data: object
  setData(data: { readonly auth: AuthData }): void
  /** Of the page, if it has one. */
  onPhoneOutcome?(outcome: PhoneOutcome): void
  onPhoneDelayed?(outcome: PhoneOutcome): void
  weappAuth?: { readonly button: PhoneButton; leave(): void; told: PhoneOutcome | null }
}

/** The global of the mini program. */
declare function Behavior<Definition>(definition: Definition & ThisType<Host>): Definition

const unknown: AuthData = {
  session: 'starting',
  phone: 'idle',
  user: null,
  failure: null,
  step: 'offer',
  busy: true,
  label: { zh: '正在登录…', en: 'Logging in…' },
  otherWay: false,
  openType: '',
  outcome: null,
}

/** Data travels to the view: no functions, and nothing undefined. */
function dataOf({ auth, step, busy, label, otherWay, openType, outcome }: PhoneButtonState): AuthData {
  const plain = outcome && Object.assign({}, outcome)
  if (plain && 'retry' in plain) delete (plain as { retry?: unknown }).retry
  return Object.assign({ step, busy, label, otherWay, openType: openType || '', outcome: plain }, auth)
}

/**
 * Keeps `data.auth` up to date and has the methods of a phone button: `phoneTapped` for `bindtap`, `onGetPhoneNumber`
 * for `bindgetphonenumber`, `retryPhone`. A page that has a method `onPhoneOutcome` is told every final outcome, once;
 * `onPhoneDelayed` is told when something was not delivered and is sent again.
 *
 * @param auth The client, or a function that gives it when the page opens.
 * @example
 * Page({ behaviors: [authBehavior(auth)], onPhoneOutcome: (outcome: PhoneOutcome) => show(outcome.status) })
 */
export function authBehavior(auth: Auth | (() => Auth), options?: PhoneButtonOptions) {
  return Behavior({
    // A page is drawn before it is attached; an app may make its client after its components were read.
    data: { auth: typeof auth === 'function' ? unknown : dataOf(createPhoneButton(auth, options).state()) },
    lifetimes: {
      attached() {
        const button = createPhoneButton(typeof auth === 'function' ? auth() : auth, options)
        let delayed: PhoneOutcome | null = null
        const show = () => {
          const state = button.state()
          this.setData({ auth: dataOf(state) })
          if (!state.outcome || !('retry' in state.outcome) || delayed === state.outcome) return
          delayed = state.outcome
          this.onPhoneDelayed?.(delayed)
        }
        this.weappAuth = { button, leave: button.subscribe(show), told: null }
        show()
      },
      detached() {
        this.weappAuth?.leave()
      },
    },
    methods: {
      async phoneTapped() {
        tell(this, await this.weappAuth?.button.phoneTapped())
      },
      async onGetPhoneNumber(event: unknown) {
        tell(this, await this.weappAuth?.button.onGetPhoneNumber(event))
      },
      async retryPhone() {
        tell(this, await this.weappAuth?.button.retry())
      },
    },
  })
}

/** The events of a double tap, and a press that sends again, end in one outcome. */
function tell(host: Host, outcome: PhoneOutcome | null | undefined): void {
  if (!outcome || !host.weappAuth || host.weappAuth.told === outcome) return
  host.weappAuth.told = outcome
  host.onPhoneOutcome?.(outcome)
}
