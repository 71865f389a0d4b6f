import type { Apps } from '../domain/app-policy.ts'
import type { Legacy, LegacyDoor, LegacyFormat } from '../domain/legacy-policy.ts'
import { limits as times } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Place } from '../http/find-place.ts'
import type { HttpRequest } from '../http/http-message.ts'
import type { RequestLimits } from '../http/request-limits.ts'
import type { Route } from '../http/route.ts'
import { createAttemptOf } from '../keys/attempts.ts'
import { createHandles } from '../keys/handles.ts'
import type { Ring } from '../keys/ring.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { BindPhone } from '../usecases/bind-phone.ts'
import type { LogIn } from '../usecases/log-in.ts'
import { createOldPageLogin } from '../usecases/old-page-login.ts'
import { createOldPagePhone, type OldPageUser } from '../usecases/old-page-phone.ts'
import { format000 } from './format-000.ts'
import { format001 } from './format-001.ts'
import { format002 } from './format-002.ts'
import { format003a } from './format-003a.ts'
import { format003b } from './format-003b.ts'
import { format004 } from './format-004.ts'
import { oldAnswer, oldRefusal } from './old-answer.ts'
import { type OldFields, readCiphertext, readOldFields } from './old-fields.ts'
import type { OldFormat, OldMethod } from './old-format.ts'
import { whichApp } from './which-app.ts'

export interface LegacyTools {
  readonly apps: Apps
  readonly store: Store
  readonly clock: Clock
  readonly ring: Ring
  readonly logIn: LogIn
  readonly bindPhone: BindPhone
  readonly limits: Pick<RequestLimits, 'perApp' | 'perUser'>
}

const formats: Readonly<Record<LegacyFormat, OldFormat>> = {
  '000': format000,
  '001': format001,
  '002': format002,
  '003a': format003a,
  '003b': format003b,
  '004': format004,
}

/** A door of one app, and what the app's policy says of all its doors. */
type AppDoor = LegacyDoor & Pick<Legacy, 'tokenHeader' | 'exposeOpenId'> & { readonly appId: string }

interface Visit {
  readonly door: AppDoor
  readonly fields: OldFields
  readonly request: HttpRequest
  readonly requestId: string
}

/**
 * Finds the routes of a path that an old format has in one of the apps, or that path under `/legacy/{appId}`. Asked at
 * each request: apps come and go.
 */
export function createLegacyRoutes({ apps, ring, limits, ...tools }: LegacyTools): (path: string) => Place | null {
  const handles = createHandles(ring)
  const attemptOf = createAttemptOf(ring)
  const oldPageLogin = createOldPageLogin({ ...tools, attemptOf })
  const oldPagePhone = createOldPagePhone({ ...tools, attemptOf, handles, countUser: limits.perUser })

  return path => {
    const [, named, asked = path] = /^\/legacy\/([A-Za-z0-9_-]{1,64})(\/.+)$/.exec(path) ?? []
    const here = doorsAt(asked)
    if (here.length === 0) return null
    const rows = rowsOf(named === undefined ? asked : `/legacy/{appId}${asked}`, here)
    return { rows, params: named === undefined ? {} : { appId: named } }
  }

  function doorsAt(path: string): readonly AppDoor[] {
    return [...apps.values()].flatMap(({ appId, legacy }): AppDoor[] => {
      const door = legacy?.doors.find(one => one.path === path)
      return legacy && door ? [{ ...legacy, ...door, appId }] : []
    })
  }

  function rowsOf(path: string, here: readonly AppDoor[]): readonly Route[] {
    const methods = (['GET', 'POST'] as const).filter(method => here.some(door => methodsOf(door).includes(method)))
    return methods.map(method => ({
      method,
      path,
      always: false,
      uncounted: false,
      rank: here[0]?.step === 'login' ? 'login' : 'phone',
      headers: {},
      refusal: oldRefusal,
      run: async (request, { requestId, params: { appId: named } }) => {
        const app = whichApp(
          here.map(({ appId }) => appId),
          { named, referer: request.headers.get('referer') },
        )
        const door = here.find(({ appId }) => appId === app)
        if (!door || !methodsOf(door).includes(method)) throw new ProblemError('method_not_allowed')
        const read = limits.perApp(async () => ({ appId: app, fields: await readOldFields(request) }))
        const visit = { door, fields: (await read(request)).fields, request, requestId }
        return oldAnswer(await (door.step === 'login' ? login(visit) : phone(visit)))
      },
    }))
  }

  async function login({ door, fields, requestId }: Visit): Promise<object> {
    const { appId, format } = door
    const { login } = formats[format]
    if (!login) throw new ProblemError('route_unknown')
    const { session, answer } = await oldPageLogin({ appId, code: login.code(fields), requestId })
    const { loginId, user } = answer
    return login.answer({
      openid: openidFor(door, session.openId, loginId),
      handle: handles.mint({ use: 'session', appId, loginId }),
      lives: times.sessionIdle / 1000,
      user,
      appId,
    })
  }

  async function phone({ door, fields, request, requestId }: Visit): Promise<object> {
    const { appId, format, tokenHeader } = door
    const { phone } = formats[format]
    const token = request.headers.get(tokenHeader)?.replace(/^Bearer /i, '') ?? null
    const sent = phone.user(fields, token)
    const ciphertext = readCiphertext(fields)
    const user = 'code' in sent ? await userOf(appId, sent.code, requestId) : sent
    const bound = await oldPagePhone({ appId, user, ...ciphertext, requestId })
    const openid = openidFor(door, bound.session.openId, bound.loginId)
    return phone.answer({ openid, userId: bound.session.userId, phone: bound.phone, appId })
  }

  async function userOf(appId: string, code: string, requestId: string): Promise<OldPageUser> {
    const { session, answer } = await oldPageLogin({ appId, code, requestId })
    return { session, loginId: answer.loginId }
  }

  function openidFor({ appId, exposeOpenId }: AppDoor, openId: string, loginId: string): string {
    return exposeOpenId ? openId : handles.mint({ use: 'openid', appId, loginId })
  }
}

function methodsOf({ format, step }: LegacyDoor): readonly OldMethod[] {
  return formats[format][step]?.methods ?? []
}
