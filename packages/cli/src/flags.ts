/** The flags of every command, apart from the commands: the help names them without loading what they start. */
export const devFlags = {
  port: 'PORT',
  'emulator-port': 'PORT',
  data: 'FOLDER',
  host: 'ADDRESS',
  project: 'FOLDER...',
} as const
export const serveFlags = { port: 'PORT', data: 'FOLDER', host: 'ADDRESS', config: 'FILE' } as const
export const emulateFlags = {
  port: 'PORT',
  host: 'ADDRESS',
  seed: 'FILE',
  clock: 'TIME',
  tls: '',
  'tls-port': 'PORT',
  data: 'FOLDER',
} as const
export const migrateFlags = { data: 'FOLDER' } as const
export const transferFlags = { from: 'DATABASE', to: 'DATABASE' } as const
export const auditFlags = { data: 'FOLDER', database: 'FILE', anchor: 'LINE:HASH' } as const
export const doctorFlags = {
  config: 'FILE',
  data: 'FOLDER',
  json: '',
  scan: 'URL|PATH...',
  ignore: 'KIND...',
} as const
export const explainFlags = { json: '' } as const
export const keysFlags = { data: 'FOLDER', hurry: '' } as const
export const operatorsFlags = { data: 'FOLDER', name: 'NAME', role: 'ROLE' } as const
export const appsFlags = { data: 'FOLDER', set: 'FIELD=VALUE...', secret: '' } as const
export const importFlags = { data: 'FOLDER', config: 'FILE', app: 'APPID', check: '' } as const
export const incidentFlags = {
  data: 'FOLDER',
  app: 'APPID',
  from: 'TIME',
  to: 'TIME',
  active: '',
  device: 'NAME',
  session: 'ID',
  phone: '',
} as const
