import { readCode, readHandle } from './old-fields.ts'
import { type OldFormat, phoneFields } from './old-format.ts'

/**
 * 004, the whole chain: the page calls `wx.login` inside the phone callback, keeps `data.session_key` in its storage
 * and sends it back as `sessionID`. It names no method, and `wx.request` without one is a GET with the data in the query.
 */
export const format004: OldFormat = {
  login: {
    methods: ['GET', 'POST'],
    code: fields => readCode(fields, 'code'),
    answer: ({ openid, handle, lives }) => ({ session_key: handle, openid, expires_in: lives }),
  },
  phone: {
    methods: ['GET', 'POST'],
    user: fields => ({ use: 'session', handle: readHandle(fields, 'sessionID') }),
    answer: phone => ({ ...phoneFields(phone), mobile: phoneFields(phone).purePhoneNumber }),
  },
}
