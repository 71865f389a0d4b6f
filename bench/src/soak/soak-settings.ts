/** What the server of the soak and its load agree on. */
export const backend = { id: 'soak', secret: 'soak-backend-secret-of-32-characters' }
export const push = { token: 'soakpush', encodingAesKey: 'a'.repeat(43), delayMs: 2_000 }
