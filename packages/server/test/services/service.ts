/** A server for tests, running. */
export interface TestServer {
  /** A new, empty database. */
  openDatabase(): Promise<TestDatabase>
  /** Ends it, and takes away what it wrote. */
  stop(): Promise<void>
}

export interface TestDatabase {
  /** With user and password. */
  readonly url: string
  /** Removes the database with all that is in it; who is still connected is cut off. */
  close(): Promise<void>
}

/** What tests can ask for, and what somebody who does not have it is told. */
export const services = {
  postgres: {
    variable: 'WEAPP_TEST_POSTGRES',
    name: 'Postgres',
    install: [
      'Debian: sudo apt-get install postgresql',
      'macOS: brew install postgresql@17',
      'Docker: docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=test postgres:17 && export WEAPP_TEST_POSTGRES=postgres://postgres:test@127.0.0.1:5432/postgres',
    ],
  },
  mysql: {
    variable: 'WEAPP_TEST_MYSQL',
    name: 'MariaDB',
    install: [
      'Debian: sudo apt-get install mariadb-server',
      'macOS: brew install mariadb',
      'Docker: docker run -d -p 3306:3306 -e MYSQL_ROOT_PASSWORD=test mysql:8.4 && export WEAPP_TEST_MYSQL=mysql://root:test@127.0.0.1:3306/mysql',
    ],
  },
  redis: {
    variable: 'WEAPP_TEST_REDIS',
    name: 'Redis',
    install: [
      'Debian: sudo apt-get install redis-server',
      'macOS: brew install redis',
      'Docker: docker run -d -p 6379:6379 redis:7 && export WEAPP_TEST_REDIS=redis://127.0.0.1:6379',
    ],
  },
} as const

export type ServiceName = keyof typeof services

/** For who has no program, in tests that stop their server, make it read-only, or give it users. */
export function whyInstall(name: ServiceName): string {
  const { name: title, variable, install } = services[name]
  return [
    `这些测试要自己启动和停掉 ${title}，${variable} 指定的不能用；请安装：`,
    `These tests start and stop a ${title} of their own: one that ${variable} names does not do. Install it:`,
    ...install.filter(line => !line.startsWith('Docker')).map(line => `  ${line}`),
  ].join('\n')
}

/** For who has neither the variable nor the program. */
export function whatToInstall(name: ServiceName): string {
  const { name: title, variable, install } = services[name]
  return [
    `没有 ${title}，它的测试无法运行；请安装，或用 ${variable} 指定一个：`,
    `There is no ${title} for its tests. Install it, or name one in ${variable}:`,
    ...install.map(line => `  ${line}`),
  ].join('\n')
}
