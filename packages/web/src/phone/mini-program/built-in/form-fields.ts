/** A part of a `<form>` that has a value. */
interface FormField {
  readonly name: () => string
  readonly value: () => unknown
  readonly reset: () => void
}

const fields = new WeakMap<Element, FormField>()

/** Makes the element a field of the form around it. */
export function addFormField(element: Element, field: FormField): void {
  fields.set(element, field)
}

/** `e.detail.value` of a form that is submitted: values by name; what has no name is left out. */
export function formValue(form: Element): Record<string, unknown> {
  const named = fieldsIn(form).map(field => [field.name(), field.value()] as const)
  return Object.fromEntries(named.filter(([name]) => name !== ''))
}

export function resetForm(form: Element): void {
  for (const field of fieldsIn(form)) field.reset()
}

function fieldsIn(form: Element): readonly FormField[] {
  return [...form.querySelectorAll('*')].flatMap(element => fields.get(element) ?? [])
}
