import { readCode, readHandle } from './old-fields.ts'
import { type OldFormat, phoneFields } from './old-format.ts'

/**
 * 002, the overview: the page keeps what it calls `openid` on the device and sends it with the ciphertext. Who is
 * registered already gets their own data with the first answer.
 */
export const format002: OldFormat = {
  login: {
    methods: ['GET', 'POST'],
    code: fields => readCode(fields, 'code'),
    answer: ({ openid, user: { id, phone, profile }, appId }) => ({
      openid,
      registered: phone !== null,
      userInfo: phone && {
        userId: id,
        nickName: profile.nickname,
        avatarUrl: profile.avatarUrl,
        ...phoneFields({ phone, appId }),
      },
    }),
  },
  phone: {
    methods: ['POST'],
    user: fields => ({ use: 'openid', handle: readHandle(fields, 'openid') }),
    answer: phoneFields,
  },
}
