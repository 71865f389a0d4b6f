import type { ProfileState } from '../../profile/create-profile.ts'
import { defineComponent } from '../native-component.ts'
import { type ProfileFields, profileFields, tell } from '../profile-fields.ts'

/** `<nickname-input bind:saved="…" bind:failed="…">`; the client comes from `App({ auth })`. */
defineComponent<ProfileFields>({
  behaviors: [profileFields()],
  externalClasses: ['custom-class'],
  properties: { placeholder: String },
  data: { nickname: '' },
  methods: {
    show({ nickname, saving }: ProfileState) {
      this.setData({ nickname: nickname || '', saving: saving === 'nickname' })
    },
    async onNickname(event: unknown) {
      tell(this, await this.weappAuthProfile.profile.nickname(event))
    },
  },
})
