import { expect, test } from 'vitest'
import { CliFault } from './cli-fault.ts'
import { readDatabase } from './read-database.ts'

test.each([
  ['/data/users.sqlite', '/data/users.sqlite'],
  ['data/users.sqlite', 'data/users.sqlite'],
  ['C:\\data\\users.sqlite', 'C:\\data\\users.sqlite'],
  ['sqlite:data/users.sqlite', 'data/users.sqlite'],
  ['sqlite:///data/users.sqlite', '/data/users.sqlite'],
])('%s is a file', (text, path) => {
  expect(readDatabase(text, 16)).toEqual({ kind: 'sqlite', path })
})

const server = {
  socket: null,
  user: 'weapp',
  password: 'p@ss',
  database: 'users',
  tls: 'disable',
  rootCertificate: null,
}
const at = (kind: string, host: string, port: number, name: string, more: object = {}) => ({
  ...server,
  kind,
  host,
  port,
  name,
  connections: 16,
  ...more,
})

test.each([
  ['postgres://weapp:p%40ss@db/users', at('postgres', 'db', 5432, 'postgres://db:5432/users')],
  ['postgresql://weapp:p%40ss@db:6543/users', at('postgres', 'db', 6543, 'postgres://db:6543/users')],
  ['mysql://weapp:p%40ss@db/users', at('mysql', 'db', 3306, 'mysql://db:3306/users')],
  ['MariaDB://weapp:p%40ss@[::1]:33/users', at('mysql', '::1', 33, 'mysql://[::1]:33/users')],
  [
    'mysql://weapp:p%40ss@db/users?sslmode=verify-ca&sslrootcert=/ca.pem',
    at('mysql', 'db', 3306, 'mysql://db:3306/users', { tls: 'verify-ca', rootCertificate: '/ca.pem' }),
  ],
  [
    'postgres://weapp:p%40ss@db/users?sslrootcert=ca.pem',
    at('postgres', 'db', 5432, 'postgres://db:5432/users', { tls: 'verify-full', rootCertificate: 'ca.pem' }),
  ],
  [
    'mysql://weapp:p%40ss@localhost/users?socket=/run/mysqld.sock',
    at('mysql', 'localhost', 3306, 'mysql:///run/mysqld.sock/users', { socket: '/run/mysqld.sock' }),
  ],
])('%s is a server', (text, database) => {
  expect(readDatabase(text, 16)).toEqual(database)
})

test.each([
  ['sqlite:', 'name a file'],
  ['oracle://weapp:hush@db/users', 'mysql://'],
  ['mysql://weapp:hush@db', 'mysql://user:password@host/database'],
  ['mysql://db/users', 'mysql://user:password@host/database'],
  ['postgres://weapp:hush@hu@sh@db/users/%zz', 'percent-encoded'],
  ['postgres://weapp:hu/sh@db/users', 'percent-encoded'],
  ['mysql://weapp:hush@db/users?ssl=hush', 'sslmode, sslrootcert, socket'],
  ['mysql://weapp:hush@db/users?sslmode=prefer', 'disable, require, verify-ca, verify-full'],
])('%s is refused in both languages, and not repeated', (text, told) => {
  const fault = (() => {
    try {
      return readDatabase(text, 16)
    } catch (error) {
      return error
    }
  })()
  expect(fault).toBeInstanceOf(CliFault)
  expect(fault).toMatchObject({
    exit: 'config',
    sentence: { zh: expect.stringContaining('DATABASE'), en: expect.stringContaining(told) },
  })
  expect(JSON.stringify(fault)).not.toMatch(/hush|hu.sh/)
})
