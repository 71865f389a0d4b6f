/** The part of `@tarojs/components` that is used; the app has the whole, of its own version. */
declare module '@tarojs/components' {
  import type { FunctionComponent } from 'react'

  interface ButtonProps {
    readonly openType?: string
    readonly onChooseAvatar?: (event: { readonly detail: { readonly avatarUrl?: string } }) => void
    readonly [name: string]: unknown
  }

  export const Button: FunctionComponent<ButtonProps>
  export const Image: FunctionComponent<Readonly<Record<string, unknown>>>
  export const Input: FunctionComponent<Readonly<Record<string, unknown>>>
}
