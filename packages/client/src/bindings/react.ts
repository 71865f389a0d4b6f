/**
 * The client as React hooks (React 18), for Taro. Everything ends with the component it was called in.
 *
 * @module
 */

import { useMemo, useSyncExternalStore } from 'react'
import type { Watchable } from '../beside.ts'
import type { Auth, AuthState } from '../index.ts'
import type { Profile, ProfileState } from '../profile/create-profile.ts'
import { createPhoneButton, type PhoneButton, type PhoneButtonOptions, type PhoneButtonState } from './phone-button.ts'

export type { PhoneButtonOptions, PhoneButtonState }

export interface UsePhone extends PhoneButtonState, Pick<PhoneButton, 'phoneTapped' | 'onGetPhoneNumber' | 'retry'> {}

export interface UseProfile extends ProfileState {
  /** For `onChooseAvatar`. */
  readonly onChooseAvatar: Profile['chooseAvatar']
  /** For every event of the nickname field. */
  readonly onNickname: Profile['nickname']
}

function useWatched<State>(source: Watchable<State>): State {
  return useSyncExternalStore(source.subscribe, source.state, source.state)
}

/**
 * The state of the client.
 *
 * @example
 * const { user, session } = useAuth(auth)
 */
export function useAuth(auth: Auth): AuthState {
  return useWatched(auth)
}

/**
 * One phone button: its look, and what its events call.
 *
 * @example
 * const { label, busy, openType, outcome, phoneTapped, onGetPhoneNumber } = usePhone(auth)
 */
export function usePhone(auth: Auth, { combined = false }: PhoneButtonOptions = {}): UsePhone {
  const button = useMemo(() => createPhoneButton(auth, { combined }), [auth, combined])
  const { phoneTapped, onGetPhoneNumber, retry } = button
  return Object.assign({ phoneTapped, onGetPhoneNumber, retry }, useWatched(button))
}

/**
 * Avatar and nickname of the user, and what their fields call.
 *
 * @example
 * const { avatarUrl, nickname, saving, onChooseAvatar, onNickname } = useProfile(profile)
 */
export function useProfile(profile: Profile): UseProfile {
  return Object.assign({ onChooseAvatar: profile.chooseAvatar, onNickname: profile.nickname }, useWatched(profile))
}
