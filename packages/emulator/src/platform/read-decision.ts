import type { PhoneAnswer, PhoneDecision } from '../types.ts'
import { readPhone } from './read-options.ts'
import { readObject, readOneOf, readWhole } from './read-value.ts'

/** @throws EmulatorRefusal that names the bad field */
export function readDecision(value: unknown, field = 'decision'): PhoneDecision {
  const given = readObject(value, field)
  if (given.decision === 'never') return { decision: 'never' }
  return readAnswer(value, field)
}

/** What closes a sheet: every decision but `never`. */
export function readAnswer(value: unknown, field = 'decision'): PhoneAnswer {
  const given = readObject(value, field)
  const decision = readOneOf(given.decision, `${field}.decision`, ['allow', 'add', 'deny', 'cancel'])
  if (decision === 'add') return { decision, phone: readPhone(given.phone, `${field}.phone`) }
  if (decision === 'allow') return { decision, phone: readWhole(given.phone ?? 0, `${field}.phone`) }
  return { decision }
}
