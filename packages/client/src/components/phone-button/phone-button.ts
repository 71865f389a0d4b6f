import { authBehavior } from '../../bindings/behavior.ts'
import type { PhoneOutcome } from '../../index.ts'
import { appAuth } from '../app-auth.ts'
import { language } from '../language.ts'
import { defineComponent } from '../native-component.ts'
import { outcomeEvent } from '../outcome-event.ts'

/** `<phone-button bind:bound="…" bind:delayed="…" bind:declined="…" bind:failed="…">`; the client comes from `App({ auth })`. */
defineComponent({
  behaviors: [authBehavior(appAuth)],
  externalClasses: ['custom-class'],
  properties: { label: String, loadingLabel: String, combined: Boolean, disabled: Boolean },
  data: { language: 'zh' },
  lifetimes: {
    attached() {
      this.setData({ language: language() })
    },
  },
  methods: {
    onPhoneOutcome(outcome: PhoneOutcome) {
      this.triggerEvent(outcomeEvent(outcome, 'bound'), outcome)
    },
    onPhoneDelayed(outcome: PhoneOutcome) {
      this.triggerEvent('delayed', outcome)
    },
    onAgree() {
      this.triggerEvent('agreed', {})
    },
  },
})
