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
  unreachable: {
    zh: '连接不上数据库服务器。',
    en: 'The database server cannot be reached.',
    fix: {
      zh: '检查主机名、端口、防火墙，以及服务器是否已经启动。',
      en: 'Check host, port and firewall, and whether the server runs.',
    },
  },
  'tls-failed': {
    zh: '与数据库服务器的 TLS 连接没有建立。',
    en: 'No TLS connection with the database server came about.',
    fix: {
      zh: '检查服务器是否启用 TLS、证书由谁签发，以及 sslmode。',
      en: 'Check whether the server offers TLS, who signed its certificate, and sslmode.',
    },
  },
  'access-denied': {
    zh: '数据库服务器拒绝登录。',
    en: 'The database server refuses the login.',
    fix: {
      zh: '检查用户名、密码，以及该用户是否允许从本机登录。',
      en: 'Check user and password, and whether this user may log in from here.',
    },
  },
  'no-database': {
    zh: '数据库不存在，或没有指定数据库。',
    en: 'The database does not exist, or none is named.',
    fix: {
      zh: '先执行 CREATE DATABASE，并检查库名。',
      en: 'Run CREATE DATABASE first, and check the name.',
    },
  },
  'no-permission': {
    zh: '数据库用户的权限不足。',
    en: 'The database user lacks a permission.',
    fix: {
      zh: '授予该用户在此数据库上建表、改表、建索引以及读写的权限（缺少哪一项见 cause）。',
      en: 'Grant the user on this database to create and alter tables and indexes, to read and to write (the cause names what is missing).',
    },
  },
  'too-many-connections': {
    zh: '数据库服务器的连接数已满。',
    en: 'The database server takes no more connections.',
    fix: {
      zh: '调高服务器的 max_connections，或调小每个实例的连接池。',
      en: 'Raise max_connections of the server, or give each instance a smaller pool.',
    },
  },
  'version-too-old': {
    zh: '数据库服务器的版本太旧。',
    en: 'The database server is too old.',
    fix: {
      zh: '请升级到 Postgres 13、MySQL 8.0.17、MariaDB 10.6 或更新的版本。',
      en: 'Upgrade it to Postgres 13, MySQL 8.0.17, MariaDB 10.6, or newer.',
    },
  },
  'read-only': {
    zh: '数据库服务器只读。',
    en: 'The database server is read-only.',
    fix: {
      zh: '请连接主库，而不是只读副本；若是主库，检查 read_only 等设置。',
      en: 'Connect to the primary and not to a replica; if it is the primary, look at read_only and its like.',
    },
  },
  migrating: {
    zh: '另一个进程正在升级数据库的结构，等了很久仍未结束。',
    en: 'Another process is upgrading the schema and has not finished in a long while.',
    fix: {
      zh: '等它结束后重新启动；数据没有被改动。',
      en: 'Start again when it has finished. Nothing was changed.',
    },
  },
  'half-migrated': {
    zh: '数据库结构的一次升级中途停止，并且无法自动接着完成。',
    en: 'An upgrade of the schema stopped half-way, and cannot be finished by itself.',
    fix: {
      zh: '用当时的版本再启动一次，让它完成；仍然失败时按 cause 修正表结构，或恢复升级前的备份。',
      en: 'Start once more the version that began it, so that it finishes. If that fails too, mend the table that the cause names, or restore the backup from before the upgrade.',
    },
  },
  'transfer-unfinished': {
    zh: '有数据正在转入这个数据库，尚未完成。',
    en: 'Data is being transferred into this database, and not all of it is there.',
    fix: {
      zh: '再次执行同一条 weapp-auth transfer 命令，它会接着做完；或改用原来的数据库。',
      en: 'Run the same weapp-auth transfer again, which goes on where it stopped, or use the database that it came from.',
    },
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
