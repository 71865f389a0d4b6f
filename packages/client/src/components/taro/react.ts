/**
 * The ready-made buttons for Taro with React; their look is in `@weapp-auth/client/taro/style.css`.
 *
 * @module
 */
import { Button, Image, Input } from '@tarojs/components'
import { createElement, type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react'
import { usePhone, useProfile } from '../../bindings/react.ts'
import type { Auth, PhoneOutcome } from '../../index.ts'
import type { Profile, ProfileOutcome } from '../../profile/create-profile.ts'
import { language } from '../language.ts'
import { outcomeEvent } from '../outcome-event.ts'

interface Labels {
  /** What is written on it, or what a screen reader says. */
  readonly label?: string
  readonly disabled?: boolean
  readonly className?: string
  readonly children?: ReactNode
}

export interface PhoneButtonProps extends Labels {
  readonly auth: Auth
  /** Instead of "正在验证…". */
  readonly loadingLabel?: string
  /** One tap for the privacy agreement and the number. Default: false. */
  readonly combined?: boolean
  readonly onBound?: (outcome: PhoneOutcome) => void
  /** Not delivered, and sent again by itself. */
  readonly onDelayed?: (outcome: PhoneOutcome) => void
  readonly onDeclined?: (outcome: PhoneOutcome) => void
  readonly onFailed?: (outcome: PhoneOutcome) => void
  readonly onAgreed?: () => void
}

interface ProfileFieldProps extends Labels {
  readonly profile: Profile
  readonly onSaved?: (outcome: ProfileOutcome) => void
  readonly onFailed?: (outcome: ProfileOutcome) => void
}

export interface AvatarButtonProps extends ProfileFieldProps {
  readonly onDeclined?: (outcome: ProfileOutcome) => void
}

export interface NicknameInputProps extends ProfileFieldProps {
  readonly placeholder?: string
}

const classes = (...names: readonly (string | false | undefined)[]) => names.filter(Boolean).join(' ')

/**
 * The phone button.
 *
 * @example
 * import { createElement } from 'react'
 * const button = createElement(PhoneButton, { auth, onBound: outcome => show(outcome) })
 */
export function PhoneButton(props: PhoneButtonProps): ReactElement {
  const { auth, label, loadingLabel, combined = false, disabled = false, className, children, onDelayed } = props
  const { step, busy, openType, label: own, outcome, phoneTapped, onGetPhoneNumber } = usePhone(auth, { combined })
  const text = (busy ? loadingLabel : step === 'offer' && label) || own[language()]
  const off = disabled || busy
  const heard = { bound: props.onBound, declined: props.onDeclined, failed: props.onFailed }
  const told = useRef<PhoneOutcome | null>(null)
  /** The events of a double tap, and a press that sends again, end in one outcome. */
  const tell = (outcome: PhoneOutcome | null) => {
    if (!outcome || outcome === told.current) return
    told.current = outcome
    heard[outcomeEvent(outcome, 'bound')]?.(outcome)
  }
  const delayed = useRef<PhoneOutcome | null>(null)
  useEffect(() => {
    if (!outcome || !('retry' in outcome) || outcome === delayed.current) return
    delayed.current = outcome
    onDelayed?.(outcome)
  }, [outcome, onDelayed])
  const offer = openType && {
    openType,
    onGetPhoneNumber: (event: unknown) => {
      onGetPhoneNumber(event).then(tell)
    },
    onAgreePrivacyAuthorization: props.onAgreed,
  }
  return createElement(
    Button,
    Object.assign(
      {
        // Another button, not the same one with other events.
        key: step,
        className: classes('weapp-auth-button', off && 'weapp-auth-disabled', className),
        hoverClass: 'weapp-auth-pressed',
        disabled: off,
        loading: busy,
        ariaRole: 'button',
        ariaLabel: text,
        onClick: () => {
          phoneTapped().then(tell)
        },
      },
      offer,
    ),
    children,
    text,
  )
}

/**
 * The avatar of the user; a press lets him choose another.
 *
 * @example
 * import { createElement } from 'react'
 * const avatar = createElement(AvatarButton, { profile, onFailed: outcome => show(outcome) })
 */
export function AvatarButton(props: AvatarButtonProps): ReactElement {
  const { profile, label, disabled = false, className, children } = props
  const { avatarUrl, saving, onChooseAvatar } = useProfile(profile)
  const [preview, setPreview] = useState('')
  const off = disabled || saving === 'avatar'
  const told = { saved: props.onSaved, declined: props.onDeclined, failed: props.onFailed }
  const src = preview || avatarUrl
  return createElement(
    Button,
    {
      className: classes('weapp-auth-avatar', off && 'weapp-auth-disabled', className),
      hoverClass: 'weapp-auth-pressed',
      openType: 'chooseAvatar',
      disabled: off,
      ariaRole: 'button',
      ariaLabel: label || (language() === 'zh' ? '选择头像' : 'Choose a picture'),
      onChooseAvatar: event => {
        // Shown while it is on its way; it is the temporary file, so not longer.
        setPreview(event.detail.avatarUrl || '')
        onChooseAvatar(event).then(outcome => {
          setPreview('')
          told[outcomeEvent(outcome, 'saved')]?.(outcome)
        })
      },
    },
    src ? createElement(Image, { className: 'weapp-auth-picture', src, mode: 'aspectFill' }) : children,
  )
}

/**
 * The nickname field, with the check of WeChat.
 *
 * @example
 * import { createElement } from 'react'
 * const field = createElement(NicknameInput, { profile, onFailed: outcome => show(outcome) })
 */
export function NicknameInput(props: NicknameInputProps): ReactElement {
  const { profile, label, placeholder, disabled = false, className } = props
  const { nickname, saving, onNickname } = useProfile(profile)
  const zh = language() === 'zh'
  const told = { saved: props.onSaved, declined: props.onFailed, failed: props.onFailed }
  const take = (event: unknown) => {
    onNickname(event).then(outcome => {
      if (outcome.status !== 'typed') told[outcomeEvent(outcome, 'saved')]?.(outcome)
    })
  }
  return createElement(Input, {
    // Not controlled: Taro would put the old text back while another is typed.
    key: nickname,
    defaultValue: nickname || '',
    className: classes('weapp-auth-nickname', className),
    type: 'nickname',
    name: 'nickname',
    maxlength: 32,
    placeholder: placeholder || (zh ? '请输入昵称' : 'Your name'),
    placeholderClass: 'weapp-auth-placeholder',
    disabled: disabled || saving === 'nickname',
    ariaLabel: label || (zh ? '昵称' : 'Name'),
    onInput: take,
    onBlur: take,
    onConfirm: take,
    onNickNameReview: take,
  })
}
