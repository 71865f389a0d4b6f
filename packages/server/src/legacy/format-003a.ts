import { readCode, readHandle } from './old-fields.ts'
import { type OldFormat, phoneFields } from './old-format.ts'

/** 003a, the design of 2019: `/code2Session` gives an openid, `/getWXUserPhone` takes it back with the ciphertext. */
export const format003a: OldFormat = {
  login: {
    methods: ['POST'],
    code: fields => readCode(fields, 'jsCode'),
    answer: ({ openid }) => ({ openid }),
  },
  phone: {
    methods: ['POST'],
    user: fields => ({ use: 'openid', handle: readHandle(fields, 'openid') }),
    answer: phone => ({ openid: phone.openid, userId: phone.userId, ...phoneFields(phone) }),
  },
}
