/**
 * The capacity model: from a number of users to what serves them. `node scripts/capacity.mjs` writes its table into
 * docs/capacity.md; the figures are those of docs/capacity.json, so that a new measurement is one changed number.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const docs = join(import.meta.dirname ?? fileURLToPath(new URL('.', import.meta.url)), '..', 'docs')
export const figures = JSON.parse(readFileSync(join(docs, 'capacity.json'), 'utf8'))
const page = join(docs, 'capacity.md')

const day = 86_400
const month = 30

/** What so many registered users need. Rates are of the busiest second. */
export function capacityOf(users, { measured, assumed, prices }) {
  const active = users * assumed.activePerDay
  const perDay = {
    login: active * assumed.loginsPerActive,
    refresh: active * assumed.refreshesPerActive,
    me: active * assumed.mePerActive,
    phone: users * assumed.phonesPerDay,
  }
  const atPeak = Object.fromEntries(
    Object.entries(perDay).map(([name, count]) => [name, (count * assumed.peakFactor) / day]),
  )
  const micros = Object.entries(atPeak).reduce((sum, [name, rate]) => sum + rate * measured.cpuMicros[name], 0)
  const cores = micros / 1e6
  const bytes = bytesOf(users, perDay, { measured, assumed })
  const commits = atPeak.login + atPeak.refresh + 2 * atPeak.phone
  const onSqlite = cores <= assumed.cpuShareAtPeak
  const instances = onSqlite
    ? 1
    : Math.max(2, Math.ceil((cores * assumed.networkDatabaseFactor) / assumed.cpuShareAtPeak))
  const disk = (onSqlite ? bytes : bytes * assumed.diskFactor) / 1e9
  const primaries = Math.max(
    1,
    Math.ceil(Math.max(commits / assumed.commitsPerPrimary, disk / assumed.diskPerPrimaryGb)),
  )
  const paid =
    perDay.phone * ((1 - assumed.smsShareOfPhones) * prices.phoneCode + assumed.smsShareOfPhones * prices.sms)
  return {
    loginsPerDay: perDay.login,
    loginsAtPeak: atPeak.login,
    database: onSqlite ? 'SQLite' : 'Postgres / MySQL',
    instances,
    diskGb: disk,
    commitsAtPeak: commits,
    journalMbPerSecond: (commits * assumed.journalBytesPerCommit) / 1e6,
    redisMb: instances === 1 ? 0 : (active * assumed.redisWindowShare * assumed.redisBytesPerActiveUser) / 1e6,
    primaries,
    machinesPerMonth:
      instances * prices.coreMonth +
      (onSqlite ? 0 : databaseCores(commits) * prices.coreMonth) +
      disk * prices.gigabyteMonth,
    paidPerMonth: paid * month,
  }
}

/** What lies in the database: people, the sessions of a week, the codes of a day. */
function bytesOf(users, perDay, { measured, assumed }) {
  const { user, identity, sessionKey, phone } = measured.bytesPerUser
  const people = users * (user + identity + sessionKey + phone * assumed.usersWithPhone)
  // A session is kept for seven days after its last use; whoever is active logs in again by `wx.login`, silently.
  const sessions = Math.min(7 * perDay.login, users * assumed.activePerWeek * 7 * assumed.loginsPerActive)
  return people + sessions * measured.bytesPerSession + (perDay.login + perDay.phone) * measured.bytesPerCode
}

/** A primary and a standby; a core of a database for each thousand commits a second, two at least. */
const databaseCores = commits => 2 * Math.max(2, Math.ceil(commits / 1000))

const sizes = [1e6, 3e6, 1e7, 3e7, 1e8]

const rows = [
  ['logins a day / 每日登录', 'loginsPerDay', 0],
  ['logins a second at peak / 峰值登录每秒', 'loginsAtPeak', 0],
  ['database / 数据库', 'database'],
  ['instances, one core each / 实例数（各一核）', 'instances', 0],
  ['database size, GB / 数据库大小', 'diskGb', 1],
  ['commits a second at peak / 峰值提交每秒', 'commitsAtPeak', 0],
  ['journal at peak, MB/s / 峰值日志写入', 'journalMbPerSecond', 1],
  ['Redis, MB', 'redisMb', 0],
  ['primaries (2 or more: shards) / 主库数（≥2 即分片）', 'primaries', 0],
  ['machines, CNY a month / 机器每月', 'machinesPerMonth', 0],
  ['paid calls, CNY a month / 付费接口每月', 'paidPerMonth', 0],
]

/** The table as Markdown. */
export function capacityTable(given = figures) {
  const columns = sizes.map(users => capacityOf(users, given))
  const cell = (value, digits) =>
    typeof value === 'string' ? value : value.toLocaleString('en', { maximumFractionDigits: digits })
  return [
    ['users / 用户', ...sizes.map(users => `${users / 1e6}m`)],
    ['---', ...sizes.map(() => '---:')],
    ...rows.map(([title, name, digits]) => [title, ...columns.map(column => cell(column[name], digits))]),
  ]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
}

const [from, to] = ['<!-- capacity -->', '<!-- /capacity -->']

/** The page with the table of these figures. */
export function withTable(text, given = figures) {
  const [start, end] = [text.indexOf(from) + from.length, text.indexOf(to)]
  return `${text.slice(0, start)}\n\n${capacityTable(given)}\n\n${text.slice(end)}`
}

export const readPage = () => readFileSync(page, 'utf8')

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, withTable(readPage()))
