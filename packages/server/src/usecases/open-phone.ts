import type { Phone } from '@weapp-auth/protocol/contract'
import { phoneAnswer } from '../domain/phone-answer.ts'
import type { UserKey } from '../keys/vault.ts'
import type { PhoneRow } from '../ports/store.ts'

/** Where the number of a phone row is sealed; a phone belongs to its user in every app. */
export function phonePlace(row: string) {
  return { table: 'phone', column: 'number', appId: '-', row } as const
}

/** Unseals a phone for its owner. */
export function openPhone(key: UserKey, row: PhoneRow): Phone {
  return phoneAnswer(row, key.open(row.sealedNumber, phonePlace(row.id)))
}
