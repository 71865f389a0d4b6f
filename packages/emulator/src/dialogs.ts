/** A dialog of WeChat, other than the phone sheet; whoever draws it answers with a {@link DialogDecision}. */
export type WxDialog =
  | {
      readonly kind: 'privacy'
      readonly appName: string
      readonly contractName: string
      /** What wants the data, such as `chooseAvatar` or `button.getPhoneNumber`. */
      readonly referrer: string
      /** One dialog for the guideline and for what comes after it; its refusal is errno 103 instead of 104. */
      readonly coupled: boolean
    }
  | { readonly kind: 'privacy-contract'; readonly appName: string; readonly contractName: string }
  | { readonly kind: 'scope'; readonly appName: string; readonly scope: string }
  | { readonly kind: 'profile'; readonly appName: string /** Why the mini program wants it. */; readonly desc: string }
  | {
      readonly kind: 'settings'
      readonly appName: string
      /** The switches of the page, by scope. */
      readonly scopes: Readonly<Record<string, boolean>>
    }
  | { readonly kind: 'avatar'; readonly appName: string }
  | { readonly kind: 'nickname-review'; readonly appName: string; readonly text: string }

export type DialogKind = WxDialog['kind']

/**
 * What a person does with a dialog. Of a nickname review, where WeChat itself decides: `allow` is a text that passes,
 * `deny` one that does not, `never` a review that takes too long.
 */
export type DialogDecision =
  | {
      readonly decision: 'allow'
      /** `settings`: the switches that the person turned. Default: none. */
      readonly scopes?: Readonly<Record<string, boolean>>
      /** `avatar`: the address of the picture. Default: a temporary file with one grey pixel. */
      readonly avatarUrl?: string
      /** `avatar`: whether WeChat's check lets the picture pass. Default: true. */
      readonly passes?: boolean
    }
  | { readonly decision: 'deny' | 'cancel' | 'never' }

/** Draws a dialog, or answers in a person's place; `undefined` leaves it to the next who may answer. */
export type DialogDecide =
  | DialogDecision
  | ((dialog: WxDialog) => DialogDecision | undefined | Promise<DialogDecision | undefined>)
