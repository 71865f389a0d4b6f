import type { DialogDecide, DialogDecision, DialogKind, WxDialog } from '../types.ts'

/** A decision that ends a dialog. */
type DialogAnswer = Exclude<DialogDecision, { readonly decision: 'deny' | 'cancel' | 'never' }> | Refusal
type Refusal = { readonly decision: 'deny' | 'cancel' }

/** Whoever sits in front of the phone. */
export interface AskPerson {
  /** Stays pending for ever when the person never answers. */
  ask(dialog: WxDialog): Promise<DialogAnswer>
  /** As {@link ask}, but tells when there will be no answer. */
  decision(dialog: WxDialog): Promise<DialogDecision>
  /** How dialogs of this kind are answered from now on; undefined: as before. */
  decide(kind: DialogKind, next: DialogDecide | undefined): void
}

/**
 * @param inOrder who may answer when `decide` has said nothing; the first one with an answer counts, and without any
 * the person allows
 */
export function createAskPerson(inOrder: readonly (DialogDecide | undefined)[]): AskPerson {
  const scripted = new Map<DialogKind, DialogDecide>()

  async function decision(dialog: WxDialog): Promise<DialogDecision> {
    for (const next of [scripted.get(dialog.kind), ...inOrder]) {
      const answer = typeof next === 'function' ? await next(dialog) : next
      if (answer) return answer
    }
    return { decision: 'allow' }
  }

  return {
    decision,
    async ask(dialog) {
      const answer = await decision(dialog)
      return answer.decision === 'never' ? new Promise<never>(() => {}) : (answer as DialogAnswer)
    },
    decide: (kind, next) => void (next ? scripted.set(kind, next) : scripted.delete(kind)),
  }
}
