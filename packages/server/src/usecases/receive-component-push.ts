import { type ComponentEvent, readComponentEvent } from '@weapp-auth/protocol/wechat'
import type { Components } from '../domain/component-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest } from '../keys/digest.ts'
import type { JobSeal } from '../keys/job-seal.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import { authorizedJob, writeAuthorizedSubject } from './act-on-authorization.ts'
import { checkPushTime, ciphertextOf, openPush, type PushStamp, refusePush } from './prove-push.ts'

export interface ReceiveComponentPushTools {
  readonly components: Components
  readonly store: Store
  readonly vault: Vault
  readonly jobSeal: JobSeal
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

interface ComponentPush {
  readonly componentAppId: string
  readonly stamp: PushStamp
  readonly body: string
  readonly requestId: string
}

/**
 * WeChat at the door of a third-party platform. Tickets are kept and withdrawals take effect at once; an authorization
 * becomes a job, because its code must be exchanged and WeChat waits for five seconds only. Copies do nothing.
 * Throws ProblemError app_unknown or, whatever is wrong with the message, push_invalid.
 */
export type ReceiveComponentPush = (push: ComponentPush) => Promise<void>

export function createReceiveComponentPush(tools: ReceiveComponentPushTools): ReceiveComponentPush {
  const { components, store, vault, jobSeal, clock, newId, tell } = tools

  /** Answers whether it is news. */
  function keepTicket({ componentAppId, ticket, at }: Extract<ComponentEvent, { event: 'ticket' }>) {
    const place = { componentAppId, appId: componentAppId }
    return store.writeGrant({ ...place, sealed: vault.sealGrant(place, ticket), at })
  }

  function withdraw({ componentAppId, appId, at }: Extract<ComponentEvent, { event: 'unauthorized' }>) {
    const details = { component: componentAppId, event: new Date(at).toISOString() }
    const act = { actor: 'wechat', act: 'component-unauthorized', appId, subject: null } as const
    return store.writeGrant({ componentAppId, appId, sealed: null, at, audit: { ...act, at: clock.now(), details } })
  }

  async function promise({ componentAppId, appId, code, at }: Extract<ComponentEvent, { event: 'authorized' }>) {
    const now = clock.now()
    const id = newId()
    const event = digest(authorizedJob, componentAppId, appId, code)
    const sealed = jobSeal.seal({ id, appId }, writeAuthorizedSubject({ componentAppId, code }))
    // The signature covers the ciphertext, so the event itself tells copies.
    const job = { id, kind: authorizedJob, appId, event, stamp: event, sealed, eventAt: at, dueAt: now }
    return (await store.addJob(job)) === 'added'
  }

  function act(event: ComponentEvent): Promise<boolean> {
    switch (event.event) {
      case 'ticket':
        return keepTicket(event)
      case 'unauthorized':
        return withdraw(event)
      case 'authorized':
        return promise(event)
    }
  }

  return async function receiveComponentPush({ componentAppId, stamp, body, requestId }) {
    const component = components.get(componentAppId)
    if (!component) throw new ProblemError('app_unknown', { field: 'componentAppId' })
    const about = { appId: componentAppId, requestId }
    const refuse = refusePush(tell, about)
    checkPushTime(stamp, clock.now(), refuse)
    const message = openPush(component.push, componentAppId, stamp, ciphertextOf(body, refuse), refuse)
    const event = readComponentEvent(message)
    if (!event) return tell({ type: 'push-ignored', ...about, reason: 'other-event' })
    if (event.componentAppId !== componentAppId) refuse('wrong-app')
    // A time that is not yet cannot outlast what is told later.
    const at = Math.min(event.at, clock.now() + limits.pushWindow)
    const isNew = await act({ ...event, at })
    tell({ type: 'push-received', ...about, event: `component-${event.event}`, repeated: !isNew })
  }
}
