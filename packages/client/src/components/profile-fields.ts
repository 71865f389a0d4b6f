import { createProfile, type Profile, type ProfileOutcome, type ProfileState } from '../profile/create-profile.ts'
import { appAuth } from './app-auth.ts'
import { language } from './language.ts'
import type { ComponentDefinition, NativeComponent } from './native-component.ts'
import { outcomeEvent } from './outcome-event.ts'

export interface ProfileFields extends NativeComponent {
  weappAuthProfile: { readonly profile: Profile; leave(): void }
  /** What the component shows of it. */
  show(state: ProfileState): void
}

declare function Behavior(definition: ComponentDefinition & ThisType<ProfileFields>): unknown

/** What the components of the profile share: they show its state as long as they are on the page. */
export const profileFields = () =>
  Behavior({
    properties: { disabled: Boolean, label: String },
    data: { language: 'zh', saving: false },
    lifetimes: {
      attached() {
        const profile = createProfile({ auth: appAuth() })
        this.weappAuthProfile = { profile, leave: profile.subscribe(state => this.show(state)) }
        this.setData({ language: language() })
        this.show(profile.state())
      },
      detached() {
        this.weappAuthProfile.leave()
      },
    },
  })

/** `saved`, `declined` or `failed`, with the outcome as detail. */
export function tell(component: NativeComponent, outcome: ProfileOutcome): void {
  if (outcome.status !== 'typed') component.triggerEvent(outcomeEvent(outcome, 'saved'), outcome)
}
