import { readComponent, readScopes, readUserInfoQuestion } from '../platform/read-personal-data.ts'
import { readNonEmpty, readOneOf } from '../platform/read-value.ts'
import type { WechatCloud, WechatUse } from '../types.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a runtime asks beyond login: POST routes under `/_emulator/wx/`. */
export function wxActions(cloud: WechatCloud): Readonly<Record<string, (fields: Fields) => unknown>> {
  return {
    '/wx/phone-sheet/open': fields =>
      cloud.openPhoneSheet(readUse(fields), readComponent(fields.component, 'component')),
    '/wx/consents': fields => cloud.consents(readUse(fields)),
    '/wx/scopes': fields => cloud.setScopes(readUse(fields), readScopes(fields.scopes, 'scopes')),
    '/wx/privacy/agree': fields => cloud.agreePrivacy(readUse(fields)),
    '/wx/user-info': fields => cloud.userInfo(readUse(fields), readUserInfoQuestion(fields.question, 'question')),
    '/wx/user-key': fields => cloud.latestUserKey(readUse(fields)),
    '/wx/remove': fields => cloud.remove(readUse(fields), readOneOf(fields.how, 'how', ['recent', 'deleted'])),
  }
}

/** Whom a call is about. */
export function readUse({ appId, personId }: Fields): WechatUse {
  return { appId: readNonEmpty(appId, 'appId'), personId: readNonEmpty(personId, 'personId') }
}
