import { type Element, Event, type GeneralBackendElement, type GeneralComponent } from 'glass-easel'
import type { AssociatedBackend, CodeSpace } from 'glass-easel-miniprogram-adapter'
import type { PageTarget } from './page-url.ts'
import { safely } from './safely.ts'

/** What an `open-type` of a button does; the answer becomes the `detail` of its event. */
type OpenTypes = Readonly<Record<string, () => Promise<object>>>

/** One page of the stack: its instance and the element that shows it. */
export interface PageLayer extends PageTarget {
  readonly element: HTMLElement
  /** What `getCurrentPages` answers. */
  readonly page: object
  /** Calls `onLoad` and draws the page for the first time. */
  load(): void
  /** Calls a hook of a page, or the `pageLifetimes` of a component used as one. */
  call(hook: 'onShow' | 'onReady' | 'onHide' | 'onUnload'): void
  remove(): void
}

export interface LayerOptions {
  readonly backend: AssociatedBackend
  readonly codeSpace: CodeSpace
  /** The sheets of the host, of app.wxss and of the page, in this order. */
  readonly sheets: readonly CSSStyleSheet[]
  readonly openTypes: OpenTypes
}

const pageLifetimes: Readonly<Record<string, string>> = { onShow: 'show', onHide: 'hide' }

/**
 * Creates a page inside a shadow root of its own, so that neither the page's styles nor the host's reach the other.
 * The element is not yet in the document.
 */
export function createPageLayer(target: PageTarget, options: LayerOptions): PageLayer {
  const element = document.createElement('div')
  element.className = 'page-layer'
  const shadow = element.attachShadow({ mode: 'open' })
  shadow.adoptedStyleSheets = [...options.sheets]
  const placeholder = shadow.appendChild(document.createElement('page'))
  const root = options.backend.createRoot('page', options.codeSpace, `/${target.route}`)
  const component = root.getComponent()
  const page = Object.assign(root.get(), { route: target.route, options: target.query })

  shadow.addEventListener('click', event => tap(event as MouseEvent, options.openTypes))
  const run = (hook: string, ...args: unknown[]) => {
    const method: unknown = Reflect.get(page, hook)
    if (typeof method === 'function') safely(() => method.apply(page, args))
  }
  return {
    ...target,
    element,
    page,
    load: () => {
      run('onLoad', target.query)
      root.attach(backendNode(shadow), backendNode(placeholder))
    },
    call: hook => {
      run(hook)
      const lifetime = pageLifetimes[hook]
      if (lifetime) component.triggerPageLifetime(lifetime, [])
    },
    remove: () => {
      root.release()
      element.remove()
    },
  }
}

/** A click, also one made by the keyboard, is a tap; the capability of the button's open-type follows the handlers. */
function tap(click: MouseEvent, openTypes: OpenTypes): void {
  const path = click.composedPath()
  if (path.some(node => node instanceof HTMLButtonElement && node.disabled)) return
  const target = path.map(drawnBy).find(found => found !== undefined)
  if (!target) return
  const detail = { x: click.clientX, y: click.clientY }
  const touch = { identifier: 0, pageX: detail.x, pageY: detail.y, clientX: detail.x, clientY: detail.y }
  const extraFields = { touches: [touch], changedTouches: [touch] }
  Event.triggerEvent(target, 'tap', detail, { bubbles: true, composed: true, capturePhase: true, extraFields })
  const button = path.find(node => node instanceof HTMLButtonElement && drawnBy(node) !== undefined)
  if (button) runOpenType(drawnBy(button) as GeneralComponent, openTypes)
}

/** `getPhoneNumber|agreePrivacyAuthorization` asks for both; the first that this phone knows is used. */
function runOpenType(button: GeneralComponent, openTypes: OpenTypes): void {
  const wanted = String(button.data.openType ?? '').split('|')
  const name = wanted.find(one => openTypes[one])
  if (!name) return
  const bubbles = false
  void openTypes[name]?.().then(detail => Event.triggerEvent(button, name.toLowerCase(), detail, { bubbles }))
}

function drawnBy(node: EventTarget): Element | undefined {
  return (node as { __wxElement?: Element }).__wxElement
}

/** glass-easel declares the few DOM calls it makes structurally; these are the browser's own nodes. */
function backendNode(node: Node): GeneralBackendElement {
  return node as unknown as GeneralBackendElement
}
