import type { PhoneAnswer, PhoneRequest } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { PhoneByCode, PhoneByCodeInput } from './phone-by-code.ts'
import type { PhoneByOpenData } from './phone-by-open-data.ts'
import type { RequireConsent } from './require-consent.ts'
import type { Session } from './session.ts'

export interface BindPhoneTools {
  readonly apps: Apps
  readonly requireConsent: RequireConsent
  readonly phoneByCode: PhoneByCode
  readonly phoneByOpenData: PhoneByOpenData
}

interface BindPhoneInput extends PhoneRequest {
  readonly session: Session
  readonly requestId: string
}

export type BindPhone = (input: BindPhoneInput) => Promise<PhoneAnswer>

/**
 * Binds the number that the user just agreed to share; a former number becomes history.
 *
 * The code is used when there is one. When WeChat does not confirm it and the tap also brought a ciphertext, the
 * ciphertext may prove the same number, so that the user need not tap again; if it does not, the answer is what the
 * code met.
 */
export function createBindPhone({ apps, requireConsent, phoneByCode, phoneByOpenData }: BindPhoneTools): BindPhone {
  return async function bindPhone({ session, code, encryptedData, iv, loginId, nonce, requestId }) {
    const app = apps.get(session.appId)
    if (!app) throw new ProblemError('app_unknown')
    await requireConsent(session, 'phone')
    const openData =
      encryptedData !== undefined && iv !== undefined && loginId !== undefined && app.openData !== 'off'
        ? { session, loginId, encryptedData, iv, nonce, requestId }
        : null
    if (code !== undefined) {
      const otherwise: PhoneByCodeInput['otherwise'] =
        openData && (claim => phoneByOpenData({ ...openData, alsoSettles: [claim] }))
      return phoneByCode({ session, code, nonce, requestId, otherwise })
    }
    if (!openData) throw new ProblemError('open_data_off')
    return phoneByOpenData({ ...openData, alsoSettles: [] })
  }
}
