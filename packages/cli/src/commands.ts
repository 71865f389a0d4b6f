import type { Sentence } from '@weapp-auth/protocol/contract'
import { appsFlags, auditFlags, devFlags, emulateFlags, keysFlags, migrateFlags, serveFlags } from './flags.ts'
import type { FlagNames } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

export interface Command {
  readonly meaning: Sentence
  readonly flags: FlagNames
  run(args: readonly string[], terminal: Terminal): Promise<void>
}

/** Every command of `weapp-auth`; each is loaded when it is run. */
export const commands: Readonly<Record<string, Command>> = {
  dev: {
    meaning: {
      zh: '在本机启动一切：服务端、微信模拟器、手机模拟器',
      en: 'everything on this machine: server, emulator, phone',
    },
    flags: devFlags,
    run: async (args, terminal) => (await import('./dev.ts')).dev(args, terminal),
  },
  serve: {
    meaning: { zh: '启动服务端，连接真正的微信', en: 'the server, against the real WeChat' },
    flags: serveFlags,
    run: async (args, terminal) => (await import('./serve.ts')).serve(args, terminal),
  },
  emulate: {
    meaning: { zh: '只启动微信模拟器', en: 'the WeChat emulator alone' },
    flags: emulateFlags,
    run: async (args, terminal) => (await import('./emulate.ts')).emulate(args, terminal),
  },
  migrate: {
    meaning: { zh: '创建或升级数据库结构', en: 'makes or updates the database schema' },
    flags: migrateFlags,
    run: async (args, terminal) => (await import('./migrate.ts')).migrate(args, terminal),
  },
  keys: {
    meaning: {
      zh: '生成密钥文件；list、rotate root|signing、retire、reseal',
      en: 'makes the key file; list, rotate root|signing, retire, reseal',
    },
    flags: keysFlags,
    run: async (args, terminal) => (await import('./keys.ts')).keys(args, terminal),
  },
  apps: {
    meaning: {
      zh: '运行中管理小程序：list、add、set、remove；密钥由标准输入或 WEAPP_SECRET 给出',
      en: 'mini programs at run time: list, add, set, remove; the secret by standard input or WEAPP_SECRET',
    },
    flags: appsFlags,
    run: async (args, terminal) => (await import('./apps.ts')).apps(args, terminal),
  },
  audit: {
    meaning: {
      zh: '校验（verify）或导出（export）审计日志',
      en: 'verify: checks the audit log; export: prints it',
    },
    flags: auditFlags,
    run: async (args, terminal) => (await import('./audit.ts')).audit(args, terminal),
  },
}
