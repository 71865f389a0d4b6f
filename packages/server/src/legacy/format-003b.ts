import { readCode } from './old-fields.ts'
import { type OldFormat, phoneFields } from './old-format.ts'

/** 003b, the design with one endpoint: `POST /user` with a login code and the ciphertext registers or updates. */
export const format003b: OldFormat = {
  phone: {
    methods: ['POST'],
    user: fields => ({ code: readCode(fields, 'code') }),
    answer: phone => ({ openId: phone.openid, userId: phone.userId, phone: phoneFields(phone).phoneNumber }),
  },
}
