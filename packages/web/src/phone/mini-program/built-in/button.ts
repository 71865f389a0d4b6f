import { attribute, type BuiltIn, common, flag, text } from './built-in.ts'

/** `<button>`; what its open-type and form-type do happens after the handlers of the tap, see `page-layer.ts`. */
export const button: BuiltIn = {
  properties: {
    ...common,
    type: text(attribute('wx-type')),
    size: text(attribute('wx-size')),
    plain: flag(attribute('wx-plain')),
    disabled: flag(attribute('disabled')),
    loading: flag((element, value) => {
      attribute('wx-loading')(element, value)
      element.setAttribute('aria-busy', String(value === true))
    }),
    openType: text(attribute('wx-open-type')),
    formType: text(),
    lang: text(),
    phoneNumberNoQuotaToast: flag(undefined, true),
  },
  created: element => {
    ;(element as HTMLButtonElement).type = 'button'
  },
}
