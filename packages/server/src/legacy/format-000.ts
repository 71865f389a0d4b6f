import { ProblemError } from '../domain/problem-error.ts'
import { readCode } from './old-fields.ts'
import { type OldFormat, phoneFields } from './old-format.ts'

/**
 * 000, the uni-app note. Its decrypt request carries no identity at all; pages of it that run keep the `token` of the
 * first answer and send it in a header or in the body. One that sends none cannot be served: see docs/sources.md.
 */
export const format000: OldFormat = {
  login: {
    methods: ['GET', 'POST'],
    code: fields => readCode(fields, 'code'),
    answer: ({ openid, handle }) => ({ openid, token: handle }),
  },
  phone: {
    methods: ['POST'],
    user(fields, token) {
      const handle = fields.text('token') ?? token
      if (handle === null) throw new ProblemError('login_unusable', { field: 'token' })
      return { use: 'session', handle }
    },
    answer: phoneFields,
  },
}
