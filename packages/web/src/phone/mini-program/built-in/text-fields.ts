import type { GeneralComponent } from 'glass-easel'
import { amount, attribute, type BuiltIn, common, flag, type Tell, text } from './built-in.ts'
import { addFormField } from './form-fields.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

/** An `<input type="nickname">` that has the focus: WeChat's keyboard offers the person's nickname for it. */
export interface NicknameField {
  fill(nickname: string): void
}

/** What leaving a nickname field brings, see `blurNickname` of the runtime. */
interface NicknameReview {
  readonly value: string
  readonly review?: { readonly pass: boolean; readonly timeout: boolean }
}

export interface NicknameKeyboard {
  /** The field has the focus now, or has lost it. */
  focused(field: NicknameField | null): void
  review(text: string): Promise<NicknameReview>
}

const shared = {
  ...common,
  name: text(),
  value: text((element, value) => {
    const field = element as Field
    if (field.value !== value) field.value = String(value)
  }),
  placeholder: text(attribute('placeholder')),
  placeholderStyle: text(),
  placeholderClass: text(),
  disabled: flag(attribute('disabled')),
  maxlength: amount((element, value) => {
    if (Number(value) < 0) element.removeAttribute('maxlength')
    else (element as Field).maxLength = Number(value)
  }, 140),
  focus: flag((element, value) => {
    // The element is put into the page after its properties were set.
    if (value) setTimeout(() => element.focus())
  }),
  confirmType: text(attribute('enterkeyhint')),
}

function startField(element: HTMLElement, tell: Tell, component: GeneralComponent): Field {
  const field = element as Field
  field.autocomplete = 'off'
  field.addEventListener('input', () => tell('input', detailOf(field)))
  field.addEventListener('focus', () => tell('focus', { value: field.value, height: 0 }))
  field.addEventListener('blur', () => tell('blur', detailOf(field)))
  addFormField(element, {
    name: () => String(component.data.name ?? ''),
    value: () => field.value,
    reset: () => {
      field.value = ''
    },
  })
  return field
}

const detailOf = (field: Field) => ({ value: field.value, cursor: field.selectionStart ?? field.value.length })

export const textarea: BuiltIn = {
  properties: { ...shared, autoHeight: flag(), fixed: flag(), showConfirmBar: flag() },
  created: (element, tell, component) => void startField(element, tell, component),
}

/** `<input>`, and the nickname field with its suggestion and its review. */
export const input = (keyboard: NicknameKeyboard): BuiltIn => ({
  properties: {
    ...shared,
    type: text((element, value) => {
      const numeric = value === 'number' || value === 'digit' || value === 'idcard'
      ;(element as HTMLInputElement).inputMode = numeric ? 'decimal' : 'text'
      attribute('wx-type')(element, value)
    }),
    password: flag((element, value) => {
      ;(element as HTMLInputElement).type = value ? 'password' : 'text'
    }),
  },
  created: (element, tell, component) => {
    const field = startField(element, tell, component)
    const isNickname = () => component.data.type === 'nickname'
    element.addEventListener('keydown', event => {
      if (event.key === 'Enter') tell('confirm', { value: field.value })
    })
    element.addEventListener('focus', () => {
      if (isNickname()) keyboard.focused({ fill: nickname => fill(field, nickname) })
    })
    element.addEventListener('blur', () => {
      if (!isNickname()) return
      keyboard.focused(null)
      void keyboard.review(field.value).then(({ value, review }) => {
        field.value = value
        if (review) tell('nicknamereview', review)
      })
    })
  },
})

/** As typing does: the page hears of it. */
function fill(field: Field, value: string): void {
  field.value = value
  field.dispatchEvent(new Event('input'))
}
