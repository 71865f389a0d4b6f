import { EmulatorRefusal, invalidValue } from '../platform/emulator-refusal.ts'
import { readArray, readObject } from '../platform/read-value.ts'
import type { ControlActions } from './control-actions.ts'

/**
 * Makes control calls one after the other; each is `{ route: body }`, with the routes and bodies of the HTTP control API.
 *
 * @throws EmulatorRefusal that names the bad field, such as `setup[0].faults.api`
 */
export function runSetup(steps: unknown, actions: ControlActions): void {
  for (const [at, step] of readArray(steps, 'setup').entries())
    for (const [route, body] of Object.entries(readObject(step, `setup[${at}]`)))
      runStep(actions, `setup[${at}].${route}`, route, body)
}

function runStep(actions: ControlActions, field: string, route: string, body: unknown): void {
  const act = Object.hasOwn(actions, `/${route}`) ? actions[`/${route}`] : undefined
  if (!act) {
    const routes = Object.keys(actions).map(name => `"${name.slice(1)}"`)
    throw invalidValue(field, { zh: `${routes.join('、')} 之一`, en: `one of ${routes.join(', ')}` })
  }
  try {
    act(readObject(body ?? {}, field))
  } catch (error) {
    if (error instanceof EmulatorRefusal && !error.field.startsWith('setup[')) throw within(error, field)
    throw error
  }
}

/** The same refusal, with the whole way to its field. */
function within({ code, field, text }: EmulatorRefusal, prefix: string): EmulatorRefusal {
  const full = field === '' ? prefix : `${prefix}.${field}`
  const rename = (sentence: string) => sentence.replace(`"${field}"`, `"${full}"`)
  return new EmulatorRefusal(code, full, { zh: rename(text.zh), en: rename(text.en) })
}
