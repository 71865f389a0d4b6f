import type { ConsentState } from '@weapp-auth/client/consent'
import { consent } from '../../auth'
import { text } from '../../texts'

/** WeChat's privacy guideline in the look of this mini program; without it WeChat shows a dialog of its own. */
Component({
  data: { text, asking: false },
  lifetimes: {
    attached() {
      const show = ({ step }: ConsentState) => this.setData({ asking: step === 'asking' })
      this.leave = consent.subscribe(show)
      show(consent.state())
    },
    detached() {
      this.leave()
    },
  },
  methods: {
    leave: () => {},
    read: () => void consent.openGuideline(),
    agree: () => void consent.agree('agree-privacy'),
    refuse: () => consent.decline(),
  },
})
