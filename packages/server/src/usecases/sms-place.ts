/** Where the number of a message is sealed. */
export function smsPlace(appId: string, row: string) {
  return { table: 'sms', column: 'number', appId, row } as const
}
