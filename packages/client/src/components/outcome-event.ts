/** The event that tells of an outcome: `done` as the component calls it, `declined`, or `failed` with a message. */
export function outcomeEvent<Done extends string>(
  outcome: { readonly status: string },
  done: Done,
): Done | 'declined' | 'failed' {
  if (!('message' in outcome)) return done
  return /^(declined|cancelled)$/.test(outcome.status) ? 'declined' : 'failed'
}
