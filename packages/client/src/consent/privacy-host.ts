/** What a listener may say, as often as it likes; the call goes on after `agree` or `disagree`. */
export interface PrivacyAnswer {
  readonly event: 'exposureAuthorization' | 'agree' | 'disagree'
  /** Id of the tapped button with `open-type="agreePrivacyAuthorization"`; needed with `agree`. */
  readonly buttonId?: string
}

/** What is really called; the official typings name other parameters. */
export type PrivacyListener = (
  resolve: (answer: PrivacyAnswer) => void,
  event: { /** Such as `chooseAvatar` or `button.getPhoneNumber`. */ readonly referrer: string },
) => void

/** The part of `wx` that is used; all of it from base library 2.32.3 on. */
export interface PrivacyHost {
  getPrivacySetting?(options: never): unknown
  openPrivacyContract?(options: never): unknown
  onNeedPrivacyAuthorization?(listener: never): void
}
