import type { WxRuntime } from '@weapp-auth/emulator/wx'
import { type Element, Event, type GeneralComponent } from 'glass-easel'
import { formAction } from './built-in/containers.ts'

/** A tap of a finger on the page, as somebody who watches would describe it. */
export interface Tapped {
  /** Of the button; empty when it has none, or when there was no button. */
  readonly openType: string
  /** What can be read on it. */
  readonly label: string
}

interface GestureOptions {
  readonly runtime: WxRuntime
  readonly tapped: (tap: Tapped) => void
}

/** How long a finger rests before it is a long press (触摸事件: 350 ms). */
const LONG_PRESS_MS = 350

/** Turns what the browser tells of mouse, finger and keyboard into the events of WeChat. */
export function followGestures(shadow: ShadowRoot, options: GestureOptions): void {
  let pressing: ReturnType<typeof setTimeout> | undefined
  const follow = (type: string, name: string) =>
    shadow.addEventListener(type, event => tell(event as PointerEvent, name))
  shadow.addEventListener('click', event => tap(event as MouseEvent, options))
  shadow.addEventListener('pointerdown', event => {
    pressing = setTimeout(() => tell(event as PointerEvent, 'longpress'), LONG_PRESS_MS)
  })
  for (const type of ['pointerup', 'pointercancel', 'pointermove'])
    shadow.addEventListener(type, () => clearTimeout(pressing))
  follow('pointerdown', 'touchstart')
  follow('pointerup', 'touchend')
  follow('pointercancel', 'touchcancel')
}

/** A click, also one made by the keyboard, is a tap; what the button itself does follows the handlers. */
function tap(click: MouseEvent, { runtime, tapped }: GestureOptions): void {
  const path = click.composedPath()
  if (path.some(node => node instanceof HTMLButtonElement && node.disabled)) return
  const button = path.find((node): node is HTMLButtonElement => node instanceof HTMLButtonElement && isDrawn(node))
  const component = button && (drawnBy(button) as GeneralComponent)
  const openType = String(component?.data.openType ?? '')
  const target = path.find(node => node instanceof HTMLElement)
  tapped({ openType, label: labelOf(button ?? target) })
  runtime.inTap(() => tell(click, 'tap'))
  if (!component || !button) return
  const { formType, lang, phoneNumberNoQuotaToast } = component.data
  if (formType) button.dispatchEvent(new CustomEvent(formAction, { detail: formType, bubbles: true }))
  if (openType === '') return
  const about = { id: component.id, lang, phoneNumberNoQuotaToast, nested: isNested(component) }
  void runtime.tap(openType, about, ({ type, detail }) => {
    // Of a page that was left meanwhile nobody hears any more.
    if (button.isConnected) Event.triggerEvent(component, type, detail, { bubbles: false })
  })
}

/** Triggers the event on what glass-easel drew under the finger. */
function tell(source: MouseEvent, name: string): void {
  const target = source
    .composedPath()
    .map(drawnBy)
    .find(found => found !== undefined)
  if (!target) return
  const detail = { x: source.clientX, y: source.clientY }
  const touch = { identifier: 0, pageX: detail.x, pageY: detail.y, clientX: detail.x, clientY: detail.y }
  const extraFields = { touches: name === 'touchend' ? [] : [touch], changedTouches: [touch] }
  Event.triggerEvent(target, name, detail, { bubbles: true, composed: true, capturePhase: true, extraFields })
}

const labelOf = (node: EventTarget | undefined) =>
  node instanceof HTMLElement ? (node.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 60) : ''

const isDrawn = (node: EventTarget) => drawnBy(node) !== undefined

function drawnBy(node: EventTarget): Element | undefined {
  return (node as { __wxElement?: Element }).__wxElement
}

/** Whether it stands in a component inside of another component. */
function isNested(component: GeneralComponent): boolean {
  let depth = -1
  for (let owner = hostOf(component); owner; owner = hostOf(owner)) depth += 1
  return depth > 1
}

function hostOf(component: GeneralComponent): GeneralComponent | undefined {
  return component.ownerShadowRoot?.getHostNode() as GeneralComponent | undefined
}
