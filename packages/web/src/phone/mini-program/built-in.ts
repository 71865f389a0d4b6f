import type { CodeSpace } from 'glass-easel-miniprogram-adapter'

type Value = string | number | boolean

interface BuiltInProperty {
  readonly type: typeof String | typeof Number | typeof Boolean
  /** Shows the value on the element; absent when the host only reads it. */
  readonly show?: (element: HTMLElement, value: Value) => void
}

/** A component of WeChat that is one DOM element of the same tag name; what stands inside it stays inside it. */
interface BuiltIn {
  readonly properties: Readonly<Record<string, BuiltInProperty>>
  /** Called once, before the first property is shown. `tell` triggers an event of the component. */
  readonly created?: (element: HTMLElement, tell: (event: string, detail: object) => void) => void
}

const attribute =
  (name: string) =>
  (element: HTMLElement, value: Value): void => {
    if (value === false || value === '') element.removeAttribute(name)
    else element.setAttribute(name, value === true ? '' : String(value))
  }

const text = (show?: BuiltInProperty['show']): BuiltInProperty => ({ type: String, ...(show && { show }) })
const flag = (show?: BuiltInProperty['show']): BuiltInProperty => ({ type: Boolean, ...(show && { show }) })
const amount = (show?: BuiltInProperty['show']): BuiltInProperty => ({ type: Number, ...(show && { show }) })

const common = {
  hidden: flag(attribute('hidden')),
  hoverClass: text(),
  hoverStayTime: amount(),
  ariaRole: text(attribute('role')),
  ariaLabel: text(attribute('aria-label')),
  ariaHidden: flag((element, value) => element.setAttribute('aria-hidden', String(value))),
  ariaLive: text(attribute('aria-live')),
}

const button: BuiltIn = {
  properties: {
    ...common,
    type: text(attribute('wx-type')),
    size: text(attribute('wx-size')),
    plain: flag(attribute('wx-plain')),
    disabled: flag(attribute('disabled')),
    loading: flag((element, value) => {
      attribute('wx-loading')(element, value)
      element.setAttribute('aria-busy', String(value))
    }),
    openType: text(),
    formType: text(),
    lang: text(),
    phoneNumberNoQuotaToast: flag(),
  },
  created: element => {
    ;(element as HTMLButtonElement).type = 'button'
  },
}

const input: BuiltIn = {
  properties: {
    ...common,
    value: text((element, value) => {
      const field = element as HTMLInputElement
      if (field.value !== value) field.value = String(value)
    }),
    type: text((element, value) => {
      const numeric = value === 'number' || value === 'digit' || value === 'idcard'
      ;(element as HTMLInputElement).inputMode = numeric ? 'decimal' : 'text'
    }),
    password: flag((element, value) => {
      ;(element as HTMLInputElement).type = value ? 'password' : 'text'
    }),
    placeholder: text(attribute('placeholder')),
    disabled: flag(attribute('disabled')),
    maxlength: amount((element, value) => {
      ;(element as HTMLInputElement).maxLength = Number(value)
    }),
    focus: flag((element, value) => {
      if (value) element.focus()
    }),
    confirmType: text(attribute('enterkeyhint')),
  },
  created: (element, tell) => {
    const field = element as HTMLInputElement
    field.autocomplete = 'off'
    field.maxLength = 140
    const detail = () => ({ value: field.value, cursor: field.selectionStart ?? field.value.length })
    field.addEventListener('input', () => tell('input', detail()))
    field.addEventListener('focus', () => tell('focus', { value: field.value, height: 0 }))
    field.addEventListener('blur', () => tell('blur', detail()))
    field.addEventListener('keydown', event => {
      if (event.key === 'Enter') tell('confirm', { value: field.value })
    })
  },
}

const image = (assets: Readonly<Record<string, string>>): BuiltIn => ({
  properties: {
    ...common,
    src: text((element, value) => {
      const picture = element.firstElementChild as HTMLImageElement
      if (value) picture.src = assets[String(value)] ?? String(value)
      else picture.removeAttribute('src')
    }),
    mode: text(attribute('wx-mode')),
    lazyLoad: flag(),
  },
  created: (element, tell) => {
    const picture = document.createElement('img')
    picture.alt = ''
    picture.addEventListener('load', () => tell('load', { width: picture.naturalWidth, height: picture.naturalHeight }))
    picture.addEventListener('error', () => tell('error', { errMsg: 'image:fail' }))
    element.append(picture)
  },
})

const scrollView: BuiltIn = {
  properties: {
    ...common,
    scrollX: flag(attribute('wx-scroll-x')),
    scrollY: flag(attribute('wx-scroll-y')),
    scrollTop: amount((element, value) => {
      element.scrollTop = Number(value)
    }),
  },
  created: (element, tell) => {
    element.addEventListener('scroll', () => {
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth } = element
      tell('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth })
    })
  },
}

const builtIns = (assets: Readonly<Record<string, string>>): Readonly<Record<string, BuiltIn>> => ({
  view: { properties: common },
  text: { properties: { ...common, selectable: flag(), userSelect: flag(), decode: flag(), space: text() } },
  button,
  image: image(assets),
  input,
  'scroll-view': scrollView,
})

/**
 * Defines WeChat's own components in a code space, for all of its pages.
 *
 * @param assets Pictures of the mini program by absolute path.
 */
export function addBuiltIns(codeSpace: CodeSpace, assets: Readonly<Record<string, string>>): void {
  const space = codeSpace.getComponentSpace()
  for (const [tag, { properties, created }] of Object.entries(builtIns(assets))) {
    const definition = space.defineComponent({
      is: `built-in/${tag}`,
      properties: Object.fromEntries(Object.entries(properties).map(([name, { type }]) => [name, type])),
      observers: Object.fromEntries(
        Object.entries(properties).flatMap(([name, { show }]) => (show ? [[name, observer(show)]] : [])),
      ),
      lifetimes: {
        created() {
          const tell = (event: string, detail: object) => void this.triggerEvent(event, detail)
          created?.(this.getBackendElement() as unknown as HTMLElement, tell)
        },
      },
    })
    space.setGlobalUsingComponent(tag, definition.general())
  }
}

interface DrawnComponent {
  getBackendElement(): unknown
}

function observer(show: NonNullable<BuiltInProperty['show']>) {
  return function (this: DrawnComponent, value: Value) {
    show(this.getBackendElement() as HTMLElement, value)
  }
}
