import type { GeneralComponent } from 'glass-easel'

export type Value = string | number | boolean

interface BuiltInProperty {
  readonly type: typeof String | typeof Number | typeof Boolean | typeof Array | typeof Object | null
  readonly value?: unknown
  /** Shows the value on the element; absent when the host only reads it. */
  readonly show?: (element: HTMLElement, value: Value, component: GeneralComponent) => void
}

/** Triggers an event of the component. */
export type Tell = (event: string, detail?: object, options?: { readonly bubbles?: boolean }) => void

/** A component of WeChat that is one DOM element of the same tag name; what stands inside it stays inside it. */
export interface BuiltIn {
  readonly properties: Readonly<Record<string, BuiltInProperty>>
  /** Called once, before the first property is shown. */
  readonly created?: (element: HTMLElement, tell: Tell, component: GeneralComponent) => void
}

export const attribute =
  (name: string) =>
  (element: HTMLElement, value: Value): void => {
    if (value === false || value === '' || value === null || value === undefined) element.removeAttribute(name)
    else element.setAttribute(name, value === true ? '' : String(value))
  }

type Show = BuiltInProperty['show']
const property = (type: BuiltInProperty['type'], show: Show, value: unknown): BuiltInProperty => ({
  type,
  ...(show && { show }),
  ...(value !== undefined && { value }),
})
export const text = (show?: Show, value?: string): BuiltInProperty => property(String, show, value)
export const flag = (show?: Show, value?: boolean): BuiltInProperty => property(Boolean, show, value)
export const amount = (show?: Show, value?: number): BuiltInProperty => property(Number, show, value)
export const any = (show?: Show, value?: unknown): BuiltInProperty => property(null, show, value)

/** What every component takes. */
export const common = {
  hidden: flag(attribute('hidden')),
  hoverClass: text(),
  hoverStartTime: amount(),
  hoverStayTime: amount(),
  ariaRole: text(attribute('role')),
  ariaLabel: text(attribute('aria-label')),
  ariaHidden: flag((element, value) => element.setAttribute('aria-hidden', String(value))),
  ariaDisabled: flag((element, value) => element.setAttribute('aria-disabled', String(value))),
  ariaLive: text(attribute('aria-live')),
}
