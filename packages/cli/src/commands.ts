import type { Sentence } from '@weapp-auth/protocol/contract'
import { loadDevelopment } from './development-parts.ts'
import {
  appsFlags,
  auditFlags,
  devFlags,
  doctorFlags,
  emulateFlags,
  explainFlags,
  importFlags,
  incidentFlags,
  keysFlags,
  migrateFlags,
  operatorsFlags,
  serveFlags,
  transferFlags,
} from './flags.ts'
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
    run: async (args, terminal) => (await loadDevelopment(() => import('./emulate.ts'))).emulate(args, terminal),
  },
  migrate: {
    meaning: { zh: '创建或升级数据库结构', en: 'makes or updates the database schema' },
    flags: migrateFlags,
    run: async (args, terminal) => (await import('./migrate.ts')).migrate(args, terminal),
  },
  transfer: {
    meaning: {
      zh: '把全部数据转到另一个空数据库；中断后再次执行会接着做',
      en: 'moves all data into another, empty database; run again, it goes on',
    },
    flags: transferFlags,
    run: async (args, terminal) => (await import('./transfer.ts')).transfer(args, terminal),
  },
  import: {
    meaning: {
      zh: '导入其他系统的用户：文件.csv --app wx…；--check 只检查',
      en: 'users of another system: FILE.csv --app wx…; --check stores nothing',
    },
    flags: importFlags,
    run: async (args, terminal) => (await import('./import.ts')).importUsers(args, terminal),
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
  operators: {
    meaning: {
      zh: '邀请运营人员：invite --name 名称 --role viewer|support|admin，得到一次性链接',
      en: 'invites to the console: invite --name NAME --role viewer|support|admin prints a link that works once',
    },
    flags: operatorsFlags,
    run: async (args, terminal) => (await import('./operators.ts')).operators(args, terminal),
  },
  audit: {
    meaning: {
      zh: '校验（verify）或导出（export）审计日志',
      en: 'verify: checks the audit log; export: prints it',
    },
    flags: auditFlags,
    run: async (args, terminal) => (await import('./audit.ts')).audit(args, terminal),
  },
  incident: {
    meaning: {
      zh: '某段时间的事件影响了谁：JSON 行，号码已遮盖',
      en: 'who was affected by an incident: JSON lines, numbers masked',
    },
    flags: incidentFlags,
    run: async (args, terminal) => (await import('./incident.ts')).incident(args, terminal),
  },
  doctor: {
    meaning: {
      zh: '检查 serve 的配置、微信、数据库、密钥、域名；--scan 在小程序代码、接口回应、HAR 录制中查找泄露',
      en: 'examines what serve needs: settings, WeChat, database, keys, domain; --scan looks for leaked secrets',
    },
    flags: doctorFlags,
    run: async (args, terminal) => (await import('./doctor.ts')).doctor(args, terminal),
  },
  explain: {
    meaning: {
      zh: "解释粘贴的内容：explain '内容'，如 40029、errMsg、rid、服务端的回应；不给内容则读标准输入",
      en: "explain 'TEXT': an errcode, errno, errMsg, rid or answer of the server; without a text, standard input",
    },
    flags: explainFlags,
    run: async (args, terminal) => (await import('./explain.ts')).explainPasted(args, terminal),
  },
}
