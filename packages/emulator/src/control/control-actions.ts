import { readFault } from '../api/faults.ts'
import { readDecision } from '../platform/read-decision.ts'
import { readApp, readPerson } from '../platform/read-options.ts'
import { readDialogDecision, readDialogKind } from '../platform/read-personal-data.ts'
import { readNonEmpty, readOneOf, readWhole } from '../platform/read-value.ts'
import { readWxFault } from '../platform/wx-faults.ts'
import { readPushSettings } from '../push/push-settings.ts'
import { readSecureMode } from '../secure-mode/secure-mode-settings.ts'
import { accountActions } from './account-actions.ts'
import type { EmulatorControl } from './control.ts'
import { readUse } from './wx-actions.ts'

/** POST routes of the control API: what they do with the fields of the body. */
export type ControlActions = Readonly<Record<string, (fields: Readonly<Record<string, unknown>>) => unknown>>

/** Those that change the emulated WeChat at once and wait for nobody: a seed can name them too. */
export function controlActions(control: EmulatorControl): ControlActions {
  return {
    '/clock': fields => ({ now: control.clock.advance(readWhole(fields.advanceMs, 'advanceMs')) }),
    '/push/settings': fields =>
      control.push.configure(
        readNonEmpty(fields.appId, 'appId'),
        fields.push === null ? null : readPushSettings(fields.push, 'push'),
      ),
    '/secure-mode/settings': fields =>
      control.secureMode.configure(
        readNonEmpty(fields.appId, 'appId'),
        fields.secureMode === null ? null : readSecureMode(fields.secureMode, 'secureMode'),
      ),
    '/apps': fields => control.apps.put(readApp(fields, '')),
    '/apps/change': ({ appId, ...change }) => control.apps.change(readNonEmpty(appId, 'appId'), change),
    '/apps/remove': fields => control.apps.remove(readNonEmpty(fields.appId, 'appId')),
    ...accountActions(control),
    '/people': fields => control.people.put(readPerson(fields, '')),
    '/decisions': fields => control.decide(readNonEmpty(fields.personId, 'personId'), readDecision(fields.decision)),
    '/dialog-decisions': fields =>
      control.decideDialog(
        readNonEmpty(fields.personId, 'personId'),
        readDialogKind(fields.dialog, 'dialog'),
        fields.decision === null ? null : readDialogDecision(fields.decision, 'decision'),
      ),
    '/mini-programs/remove': fields => {
      const { appId, personId } = readUse(fields)
      control.removeMiniProgram(personId, appId, readOneOf(fields.how, 'how', ['recent', 'deleted']))
    },
    '/keys/rotate': fields => {
      const { appId, personId } = readUse(fields)
      control.rotateKey(personId, appId)
    },
    '/tokens/expire': fields => control.expireTokens(readNonEmpty(fields.appId, 'appId')),
    '/tokens/steal': fields => control.stealToken(readNonEmpty(fields.appId, 'appId')),
    '/faults': fields => control.faults.next(readFault(fields)),
    '/faults/clear': () => control.faults.clear(),
    '/wx-faults': fields => control.wxFaults.next(readWxFault(fields)),
    '/wx-faults/clear': () => control.wxFaults.clear(),
  }
}
