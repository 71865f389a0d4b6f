import { field, textField } from '../../beside.ts'
import type { ProfileState } from '../../profile/create-profile.ts'
import { defineComponent } from '../native-component.ts'
import { type ProfileFields, profileFields, tell } from '../profile-fields.ts'

/** `<avatar-button bind:saved="…" bind:declined="…" bind:failed="…">`; the client comes from `App({ auth })`. */
defineComponent<ProfileFields>({
  behaviors: [profileFields()],
  externalClasses: ['custom-class'],
  data: { avatarUrl: '', preview: '' },
  methods: {
    show({ avatarUrl, saving }: ProfileState) {
      this.setData({ avatarUrl: avatarUrl || '', saving: saving === 'avatar' })
    },
    /** The picture is shown while it is on its way; it is the temporary file, so not longer. */
    async onChooseAvatar(event: unknown) {
      this.setData({ preview: textField(field(event, 'detail'), 'avatarUrl') || '' })
      const outcome = await this.weappAuthProfile.profile.chooseAvatar(event)
      this.setData({ preview: '' })
      tell(this, outcome)
    },
  },
})
