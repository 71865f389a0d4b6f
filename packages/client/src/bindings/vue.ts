/**
 * The client as Vue composables, for uni-app and Taro with Vue 3. Everything ends with the component it was called in.
 *
 * @module
 */

import { type ComputedRef, computed, onScopeDispose, type ShallowRef, shallowRef } from 'vue'
import type { Watchable } from '../beside.ts'
import type { Auth, AuthState, User } from '../index.ts'
import type { Profile, ProfileState } from '../profile/create-profile.ts'
import { createPhoneButton, type PhoneButton, type PhoneButtonOptions, type PhoneButtonState } from './phone-button.ts'

export type { PhoneButtonOptions, PhoneButtonState }

/** Every field as a ref of its own, so that a template can use what it takes apart. */
type Refs<State> = { readonly [Key in keyof State]: ComputedRef<State[Key]> }

export interface UseAuth {
  readonly state: Readonly<ShallowRef<AuthState>>
  readonly session: ComputedRef<AuthState['session']>
  /** The user as the server last told of him; null before. */
  readonly user: ComputedRef<User | null>
}

export interface UsePhone
  extends Pick<PhoneButton, 'phoneTapped' | 'onGetPhoneNumber' | 'retry'>,
    Refs<Omit<PhoneButtonState, 'auth'>> {
  readonly state: Readonly<ShallowRef<PhoneButtonState>>
}

export interface UseProfile extends Refs<ProfileState> {
  readonly state: Readonly<ShallowRef<ProfileState>>
  /** For `chooseavatar`. */
  readonly onChooseAvatar: Profile['chooseAvatar']
  /** For every event of the nickname field. */
  readonly onNickname: Profile['nickname']
}

function watched<State>(source: Watchable<State>): Readonly<ShallowRef<State>> {
  const state = shallowRef(source.state())
  onScopeDispose(
    source.subscribe(next => {
      state.value = next
    }),
  )
  return state
}

/**
 * The state of the client.
 *
 * @example
 * const { user, session } = useAuth(auth)
 */
export function useAuth(auth: Auth): UseAuth {
  const state = watched(auth)
  return { state, session: computed(() => state.value.session), user: computed(() => state.value.user) }
}

/**
 * One phone button: its look, and what its events call.
 *
 * @example
 * const { label, busy, openType, outcome, phoneTapped, onGetPhoneNumber } = usePhone(auth)
 */
export function usePhone(auth: Auth, options?: PhoneButtonOptions): UsePhone {
  const button = createPhoneButton(auth, options)
  const state = watched(button)
  return {
    state,
    step: computed(() => state.value.step),
    busy: computed(() => state.value.busy),
    openType: computed(() => state.value.openType),
    label: computed(() => state.value.label),
    outcome: computed(() => state.value.outcome),
    otherWay: computed(() => state.value.otherWay),
    phoneTapped: button.phoneTapped,
    onGetPhoneNumber: button.onGetPhoneNumber,
    retry: button.retry,
  }
}

/**
 * Avatar and nickname of the user, and what their fields call.
 *
 * @example
 * const { avatarUrl, nickname, saving, onChooseAvatar, onNickname } = useProfile(profile)
 */
export function useProfile(profile: Profile): UseProfile {
  const state = watched(profile)
  return {
    state,
    nickname: computed(() => state.value.nickname),
    avatarUrl: computed(() => state.value.avatarUrl),
    saving: computed(() => state.value.saving),
    outcome: computed(() => state.value.outcome),
    onChooseAvatar: profile.chooseAvatar,
    onNickname: profile.nickname,
  }
}
