import { WechatFault } from '@weapp-auth/protocol/wechat'
import type { JobSeal } from '../keys/job-seal.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import type { ActOnPush, HeldJob } from './act-on-push.ts'

export const authorizedJob = 'component-authorized'

/** Which platform was authorized, and the code that proves it; kept sealed until its job is done. */
interface AuthorizedSubject {
  readonly componentAppId: string
  readonly code: string
}

export function writeAuthorizedSubject({ componentAppId, code }: AuthorizedSubject): string {
  return JSON.stringify([componentAppId, code])
}

function readAuthorizedSubject(text: string): AuthorizedSubject {
  const [componentAppId = '', code = '']: string[] = JSON.parse(text)
  return { componentAppId, code }
}

export interface ActOnAuthorizationTools {
  readonly store: Store
  readonly wechat: WechatPlatform
  readonly vault: Vault
  readonly jobSeal: JobSeal
  readonly clock: Clock
  readonly tell: Observe
}

/**
 * Exchanges the code of an authorization and keeps the refresh token, unless the merchant did something else since.
 * A code that is worth nothing any more ends the job: only a new authorization helps, and the audit log says so.
 */
export function createActOnAuthorization(tools: ActOnAuthorizationTools): ActOnPush {
  const { store, wechat, vault, jobSeal, clock, tell } = tools

  async function exchange({ componentAppId, code }: AuthorizedSubject, { appId, eventAt }: HeldJob) {
    const outcome = await wechat.authorization?.({ component: componentAppId, code })
    if (!outcome) throw new TypeError('"wechat" must be able to exchange authorization codes')
    const place = { componentAppId, appId }
    if (outcome.status === 'refused') {
      // The process may have died between the grant and the end of its job: then the grant is there.
      const known = await store.readGrant(componentAppId, appId)
      return known?.sealed && known.at >= eventAt ? 'kept' : `errcode ${outcome.errcode}`
    }
    const { authorization } = outcome
    if (authorization.appId !== appId) throw new WechatFault('bad-answer', { api: 'queryAuth' })
    const sealed = vault.sealGrant(place, authorization.refreshToken)
    return (await store.writeGrant({ ...place, sealed, at: eventAt })) ? 'kept' : 'outdated'
  }

  return async function actOnAuthorization(job) {
    const { id, holder, kind, appId, eventAt } = job
    const subject = readAuthorizedSubject(jobSeal.open(job))
    const result = await exchange(subject, job)
    const now = clock.now()
    const details = { job: id, event: new Date(eventAt).toISOString(), component: subject.componentAppId, result }
    const audit = { at: now, actor: 'wechat', act: kind, appId, subject: null, details } as const
    const outcome = await store.settleJob({ now, jobId: id, holder, erase: null, audit })
    if (outcome.status === 'lost') return
    const { erased, auditSeq } = outcome
    tell({ type: 'job-done', jobId: id, appId, kind, userId: null, revoked: [], erased, auditSeq })
  }
}
