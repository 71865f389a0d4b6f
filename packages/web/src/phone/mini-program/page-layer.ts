import type { WxRuntime } from '@weapp-auth/emulator/wx'
import type { GeneralBackendElement } from 'glass-easel'
import type { AssociatedBackend, CodeSpace } from 'glass-easel-miniprogram-adapter'
import { followGestures, type Tapped } from './gestures.ts'
import type { PageTarget } from './page-url.ts'
import type { Safely } from './safely.ts'

/** One page of the stack: its instance and the element that shows it. */
export interface PageLayer extends PageTarget {
  readonly element: HTMLElement
  /** What `getCurrentPages` answers. */
  readonly page: object
  /** Draws the page for the first time and calls `onLoad`. */
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
  readonly runtime: WxRuntime
  readonly safely: Safely
  readonly tapped: (tap: Tapped) => void
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

  followGestures(shadow, options)
  const run = (hook: string, ...args: unknown[]) => {
    const method: unknown = Reflect.get(page, hook)
    if (typeof method === 'function') options.safely(() => method.apply(page, args))
  }
  return {
    ...target,
    element,
    page,
    load: () => {
      // WeChat's order: `attached` of components, also of one that is a page (uni-app), comes before `onLoad`.
      root.attach(backendNode(shadow), backendNode(placeholder))
      run('onLoad', target.query)
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

/** glass-easel declares the few DOM calls it makes structurally; these are the browser's own nodes. */
function backendNode(node: Node): GeneralBackendElement {
  return node as unknown as GeneralBackendElement
}
