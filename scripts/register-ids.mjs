/** The ids a register has to hold before it is complete, and whether that is a condition of `npm test` yet. */
import { asvsIds } from './asvs-ids.mjs'

const flows = ['login', 'phone-code', 'phone-data', 'refresh', 'revoke-event', 'admin-erase']
const numbered = (letter, count) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)

export const requiredIds = {
  attacks: numbered('A', 30),
  faults: numbered('F', 26).flatMap(fault => flows.map(flow => `${fault}/${flow}`)),
  asvs: asvsIds,
  privacy: [
    'consent',
    'consent-again',
    'consent-withdrawn',
    'separate-consent',
    'export',
    'correction',
    'erasure',
    'retention',
    'minimum',
    'no-phone-wall',
    'cool-down',
    'mask',
    'platform-events',
    'privacy-dialog',
    'encryption',
    'operators',
    'incident',
    'compliance-audit',
  ],
}

/** A register named here has to exist and to be complete; the others only tell what they lack. */
export const enforced = new Set(['asvs', 'attacks', 'faults', 'fuzz', 'privacy', 'races'])
