import { readCode, readHandle } from './old-fields.ts'
import { type OldFormat, phoneFields } from './old-format.ts'

/** 001, the note of 2020: the page keeps what it calls `session_key` in globalData and sends it back with the ciphertext. */
export const format001: OldFormat = {
  login: {
    methods: ['POST'],
    code: fields => readCode(fields, 'code'),
    answer: ({ openid, handle }) => ({ openid, session_key: handle }),
  },
  phone: {
    methods: ['POST'],
    user: fields => ({ use: 'session', handle: readHandle(fields, 'session_key') }),
    answer: phoneFields,
  },
}
