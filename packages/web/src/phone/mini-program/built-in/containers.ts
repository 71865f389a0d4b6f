import { amount, attribute, type BuiltIn, common, flag, text } from './built-in.ts'
import { formValue, resetForm } from './form-fields.ts'

export const view: BuiltIn = { properties: common }

export const wxText: BuiltIn = {
  properties: { ...common, selectable: flag(), userSelect: flag(), decode: flag(), space: text() },
}

/** How near to its edge a scroll view tells of it, in pixels. */
const NEAR_THE_EDGE = 50

export const scrollView: BuiltIn = {
  properties: {
    ...common,
    scrollX: flag(attribute('wx-scroll-x')),
    scrollY: flag(attribute('wx-scroll-y')),
    scrollTop: amount((element, value) => {
      element.scrollTop = Number(value)
    }),
    scrollLeft: amount((element, value) => {
      element.scrollLeft = Number(value)
    }),
    lowerThreshold: amount(undefined, NEAR_THE_EDGE),
  },
  created: (element, tell, component) => {
    let wasNear = false
    element.addEventListener('scroll', () => {
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight } = element
      tell('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth })
      const near = scrollHeight - clientHeight - scrollTop <= Number(component.data.lowerThreshold)
      if (near && !wasNear) tell('scrolltolower', { direction: 'bottom' })
      wasNear = near
    })
  },
}

/** What a button with a form-type sends to the form around it. */
type FormAction = 'submit' | 'reset'
export const formAction = 'wx-form-action'

export const form: BuiltIn = {
  properties: { ...common, reportSubmit: flag() },
  created: (element, tell) => {
    element.addEventListener('submit', event => event.preventDefault())
    element.addEventListener(formAction, event => {
      event.stopPropagation()
      const action = (event as CustomEvent<FormAction>).detail
      if (action === 'submit') return tell('submit', { value: formValue(element) })
      resetForm(element)
      tell('reset', {})
    })
  },
}

/** `<navigator>`: goes where the functions of `wx` with these names go. */
export const navigator = (go: (openType: string, url: string, delta: number) => void): BuiltIn => ({
  properties: { ...common, url: text(), openType: text(undefined, 'navigate'), delta: amount(undefined, 1) },
  created: (element, _, component) => {
    element.tabIndex = 0
    element.setAttribute('role', 'link')
    const { data } = component
    element.addEventListener('click', () => go(String(data.openType), String(data.url), Number(data.delta)))
    element.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') element.click()
    })
  },
})

export const progress: BuiltIn = {
  properties: {
    ...common,
    percent: amount((element, value) => {
      ;(element as HTMLProgressElement).value = Number(value) / 100
    }),
  },
}
