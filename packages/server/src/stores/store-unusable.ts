export type StoreUnusableCode = keyof typeof reasons

const reasons = {
  'in-use': {
    zh: '数据库正被另一个进程使用。',
    en: 'The database is in use by another process.',
    fix: {
      zh: '先停止另一个进程；一个 SQLite 文件只能由一个实例使用，需要多个实例时请改用 Postgres 或 MySQL。',
      en: 'Stop the other process first. One SQLite file serves one instance; several instances need Postgres or MySQL.',
    },
  },
  'schema-too-new': {
    zh: '数据库由更新版本的程序升级过。',
    en: 'The database was upgraded by a newer version of the program.',
    fix: {
      zh: '请运行同样新或更新的版本；数据没有被改动。',
      en: 'Run a version that is as new or newer. Nothing was changed.',
    },
  },
  'not-writable': {
    zh: '数据库文件或其所在目录不可写。',
    en: 'The database file or its folder cannot be written.',
    fix: {
      zh: '检查文件与目录的所有者和权限，以及磁盘是否以只读方式挂载。',
      en: 'Check owner and permissions of the file and its folder, and whether the disk is mounted read-only.',
    },
  },
  'no-space': {
    zh: '磁盘空间不足。',
    en: 'There is no space left on the disk.',
    fix: { zh: '释放空间后重新启动；数据没有被改动。', en: 'Free some space and start again. Nothing was changed.' },
  },
  damaged: {
    zh: '文件不是数据库，或已经损坏。',
    en: 'The file is not a database, or it is damaged.',
    fix: {
      zh: '检查路径是否写错；若文件已损坏，请从备份恢复，不要删除 -wal 文件。',
      en: 'Check the path. If the file is damaged, restore a backup, and do not delete the -wal file.',
    },
  },
  foreign: {
    zh: '这是其他程序的数据库。',
    en: 'The database belongs to another program.',
    fix: { zh: '请为 weapp-auth 指定单独的数据库文件。', en: 'Give weapp-auth a database of its own.' },
  },
  failed: {
    zh: '数据库无法打开。',
    en: 'The database cannot be opened.',
    fix: { zh: '原因见 cause。', en: 'See the cause.' },
  },
} as const

/**
 * Why a program cannot start on a database, in words for the person who starts it.
 *
 * @example
 * try { createSqliteStore({ database }) } catch (error) {
 *   if (error instanceof StoreUnusable) report(error.text.zh, error.fix.zh)
 * }
 */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable'
  readonly code: StoreUnusableCode
  /** What is wrong, naming the database. */
  readonly text: { readonly zh: string; readonly en: string }
  /** What to do about it. */
  readonly fix: { readonly zh: string; readonly en: string }

  constructor(code: StoreUnusableCode, database: string, cause?: unknown) {
    const { zh, en, fix } = reasons[code]
    super(`${database}: ${en} ${fix.en}`, { cause })
    this.code = code
    this.text = { zh: `${database}：${zh}`, en: `${database}: ${en}` }
    this.fix = fix
  }
}
