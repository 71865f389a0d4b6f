/** Where the client leaves its one consent for all copies of itself; the number is the version of the form. */
const key = 'weapp-auth/consent/1'

/** What {@link readConsent} finds. */
export interface ConsentFacts {
  readonly step: string
  readonly guidelineName: string
}

/**
 * The state of the client's `createConsent`.
 *
 * @param wx What the mini program knows as `wx`.
 * @returns `null` when the mini program has made none.
 */
export function readConsent(wx: object = {}): ConsentFacts | null {
  const { state } = Object(Reflect.get(wx, key)) as { readonly state?: () => ConsentFacts }
  return state?.() ?? null
}
