import type { Sentence } from '@weapp-auth/protocol/contract'

/** One row of the table that `weapp-auth --help` prints. */
export interface ExitCodeRow {
  readonly code: number
  readonly meaning: Sentence
}

/** Every exit code, after BSD's sysexits. A code, once released, never changes its meaning. */
export const exitCodes = {
  ok: { code: 0, meaning: { zh: '正常结束', en: 'ended as asked' } },
  broken: {
    code: 1,
    meaning: {
      zh: '审计日志被破坏，转移的数据核对不符，或 doctor 有所发现',
      en: 'the audit log is broken, transferred data is not equal, or doctor found something',
    },
  },
  warned: {
    code: 2,
    meaning: {
      zh: 'doctor 只有提醒，没有错误',
      en: 'doctor has warnings, and nothing that fails',
    },
  },
  usage: { code: 64, meaning: { zh: '命令或参数写错', en: 'wrong command or flag' } },
  data: {
    code: 65,
    meaning: { zh: '给出的文件内容有误', en: 'a file that was given has a mistake in it' },
  },
  unavailable: {
    code: 69,
    meaning: { zh: '所需的端口、文件或服务不可用', en: 'a port, file or service that is needed is not available' },
  },
  internal: { code: 70, meaning: { zh: '程序内部出错', en: 'something went wrong inside the program' } },
  cannotCreate: { code: 73, meaning: { zh: '无法创建文件或目录', en: 'a file or folder cannot be created' } },
  noPermission: { code: 77, meaning: { zh: '权限不足或过宽', en: 'too little or too much permission' } },
  config: { code: 78, meaning: { zh: '配置有误', en: 'the configuration is wrong' } },
} as const satisfies Readonly<Record<string, ExitCodeRow>>

export type ExitCode = keyof typeof exitCodes
