/** Where a kept session_key is sealed. */
export function sessionKeyPlace(appId: string, row: string) {
  return { table: 'session_key', column: 'sealed', appId, row } as const
}
