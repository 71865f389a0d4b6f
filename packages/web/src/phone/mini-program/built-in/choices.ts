import type { GeneralComponent } from 'glass-easel'
import { any, attribute, type BuiltIn, common, flag, type Tell, text } from './built-in.ts'
import { addFormField } from './form-fields.ts'

/** Tells the group around a choice that it was made. */
const chosen = 'wx-chosen'
const values = new WeakMap<Element, GeneralComponent>()

const checkedShown = flag((element, value) => {
  attribute('wx-checked')(element, value)
  element.setAttribute('aria-checked', String(value === true))
})

const properties = {
  ...common,
  name: text(),
  value: text(),
  type: text(attribute('wx-type')),
  color: text(),
  disabled: flag((element, value) => {
    attribute('wx-disabled')(element, value)
    element.setAttribute('aria-disabled', String(value === true))
  }),
  checked: checkedShown,
}

const isChecked = (element: Element) => element.hasAttribute('wx-checked')
const setChecked = (element: HTMLElement, checked: boolean) => checkedShown.show?.(element, checked, none)
const none = undefined as unknown as GeneralComponent

/** A drawn control that reacts to a tap, the space bar and Enter. */
function startChoice(element: HTMLElement, component: GeneralComponent, role: string, toggle: () => void): void {
  values.set(element, component)
  element.tabIndex = 0
  element.setAttribute('role', role)
  element.setAttribute('aria-checked', 'false')
  element.addEventListener('keydown', event => {
    if (event.key !== ' ' && event.key !== 'Enter') return
    event.preventDefault()
    element.click()
  })
  element.addEventListener('click', () => {
    if (component.data.disabled !== true) toggle()
  })
}

export const checkbox: BuiltIn = {
  properties,
  created: (element, _, component) =>
    startChoice(element, component, 'checkbox', () => {
      setChecked(element, !isChecked(element))
      element.dispatchEvent(new CustomEvent(chosen, { bubbles: true }))
    }),
}

export const radio: BuiltIn = {
  properties,
  created: (element, _, component) =>
    startChoice(element, component, 'radio', () => {
      if (isChecked(element)) return
      for (const other of element.closest('radio-group')?.querySelectorAll<HTMLElement>('radio') ?? [])
        setChecked(other, false)
      setChecked(element, true)
      element.dispatchEvent(new CustomEvent(chosen, { bubbles: true }))
    }),
}

export const wxSwitch: BuiltIn = {
  properties,
  created: (element, tell, component) => {
    startChoice(element, component, 'switch', () => {
      setChecked(element, !isChecked(element))
      tell('change', { value: isChecked(element) })
    })
    addFormField(element, {
      name: () => String(component.data.name ?? ''),
      value: () => isChecked(element),
      reset: () => setChecked(element, false),
    })
  },
}

function group(member: 'checkbox' | 'radio', read: (chosen: readonly string[]) => unknown): BuiltIn {
  return {
    properties: { ...common, name: text() },
    created: (element: HTMLElement, tell: Tell, component: GeneralComponent) => {
      const members = () => [...element.querySelectorAll<HTMLElement>(member)]
      const value = () => read(members().filter(isChecked).map(valueOfChoice))
      element.addEventListener(chosen, () => tell('change', { value: value() }))
      addFormField(element, {
        name: () => String(component.data.name ?? ''),
        value,
        reset: () => {
          for (const one of members()) setChecked(one, false)
        },
      })
    },
  }
}

const valueOfChoice = (element: Element) => String(values.get(element)?.data.value ?? '')

export const checkboxGroup = group('checkbox', all => all)
export const radioGroup = group('radio', ([one = '']) => one)

/** `<label>`: the browser hands a tap on to an input or button in it, and this to what WeChat draws itself. */
export const label: BuiltIn = {
  properties: { ...common, for: any() },
  created: (element, _, component) =>
    element.addEventListener('click', ({ target }) => {
      const drawn = 'checkbox, radio, switch'
      if (target instanceof Element && target.closest(`${drawn}, button, input, textarea`)) return
      const id = String(component.data.for ?? '')
      const root = element.getRootNode() as ShadowRoot
      const wanted = id === '' ? element.querySelector(drawn) : root.getElementById(id)
      if (wanted instanceof HTMLElement) wanted.click()
    }),
}
