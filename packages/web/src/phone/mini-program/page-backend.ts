import { CurrentWindowBackendContext } from 'glass-easel'
import { toContainerUnits } from './container-units.ts'

type BackendDocument = CurrentWindowBackendContext['document']
type BackendElement = ReturnType<BackendDocument['createElement']>

/**
 * The DOM that glass-easel draws on. Two things differ from its own context: a `style` attribute of WXML is written
 * through the CSSOM, because a strict Content-Security-Policy refuses inline style attributes; and no listener is put
 * on the body, because taps of the page are told by the host, see `page-layer.ts`.
 */
export class PageBackend extends CurrentWindowBackendContext {
  /** Tags that mean something; any other is shown with a note. */
  known: ReadonlySet<string> = new Set()

  override document: BackendDocument = {
    createElement: tagName => {
      const element = document.createElement(tagName)
      if (!this.known.has(tagName)) element.setAttribute('wx-missing', tagName)
      const setAttribute = element.setAttribute.bind(element)
      element.setAttribute = (name, value) => {
        if (name === 'style') element.style.cssText = toContainerUnits(value)
        else setAttribute(name, value)
      }
      // The adapter puts a prefix before ids; every page is a shadow root of its own, so none is needed.
      Object.defineProperty(element, 'id', {
        get: () => element.getAttribute('id') ?? '',
        set: (id: string) => setAttribute('id', id.slice(id.indexOf('--') + 2)),
      })
      return element as unknown as BackendElement
    },
    createTextNode: content => document.createTextNode(content) as unknown as BackendElement,
    createDocumentFragment: () => document.createDocumentFragment() as unknown as BackendElement,
  }

  override onEvent(): void {}
}
