import { type AffectedErased, type AffectedQuery, type AffectedUser, devices } from '@weapp-auth/server'
import { CliFault } from './cli-fault.ts'
import { incidentFlags } from './flags.ts'
import { openKeyringFile } from './keyring-file.ts'
import { withAdministration } from './keys.ts'
import { readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import type { Terminal } from './terminal.ts'

/**
 * `weapp-auth incident`: who was affected, as JSON lines, so that a leak can be reported and its victims told in time.
 * Numbers and names are masked. Works beside a server that runs.
 */
export async function incident(args: readonly string[], terminal: Terminal): Promise<void> {
  const {
    app,
    from,
    to,
    active = false,
    device,
    session,
    phone = false,
    ...rest
  } = readFlags('incident', args, incidentFlags)
  if (app === undefined) throw wrong('app', '小程序的 AppID', 'the app id of a mini program')
  const query = { appId: app, ...readTimes(from, to), active, ...readWho({ device, session }) }
  const config = readConfig(terminal.env, rest)
  const { keyring } = await openKeyringFile(config.keys, { create: false, strict: false })
  const asked: AffectedQuery = phone ? { ...query, phone: readPhone(await terminal.readInput()) } : query
  const counts = await withAdministration(config, keyring, async ({ tellAffected }) => {
    let counts = nobody
    for await (const users of tellAffected(asked)) {
      terminal.out(users.map(user => JSON.stringify(user)).join('\n'))
      counts = users.reduce(counted, counts)
    }
    return counts
  })
  const { appId, from: begin, to: end } = query
  terminal.out(JSON.stringify({ appId, from: iso(begin), to: iso(end), ...counts }))
}

const nobody = { affected: 0, withPhone: 0, withSession: 0, erasedSince: 0 }

function counted(counts: typeof nobody, user: AffectedUser | AffectedErased): typeof nobody {
  const affected = counts.affected + 1
  if ('erasedAt' in user) return { ...counts, affected, erasedSince: counts.erasedSince + 1 }
  return {
    ...counts,
    affected,
    withPhone: counts.withPhone + Number(user.phone !== null || user.formerPhones > 0),
    withSession: counts.withSession + Number(user.sessions.length > 0),
  }
}

const iso = (at: number) => new Date(at).toISOString()

/** With its zone: a time without one would be another on the next machine. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

function readTimes(from: string | undefined, to: string | undefined) {
  const [begin, end] = [readTime('from', from), readTime('to', to)]
  if (begin > end) throw wrong('from', '不晚于 --to 的时间', 'a time that is not later than --to')
  return { from: begin, to: end }
}

function readTime(flag: string, text = ''): number {
  const at = timePattern.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw wrong(
      flag,
      '带时区的时间，例如 2026-11-01T00:00:00+08:00',
      'a time with its zone, such as 2026-11-01T00:00:00+08:00',
    )
  return at
}

function readWho({ device, session }: { readonly device: string | undefined; readonly session: string | undefined }) {
  const known = devices.find(one => one === device)
  if (device !== undefined && !known) throw wrong('device', devices.join('、'), `one of ${devices.join(', ')}`)
  return { ...(known && { device: known }), ...(session !== undefined && { session }) }
}

/** From standard input: a command line is seen by everybody on the machine. */
function readPhone(text: string): string {
  const number = text.trim()
  if (/^1\d{10}$/.test(number)) return `+86${number}`
  if (/^\+[1-9]\d{6,14}$/.test(number)) return number
  throw new CliFault('usage', {
    zh: '--phone 的号码应由标准输入给出：11 位大陆号码，或以 + 开头的国际号码。',
    en: 'Give the number of --phone by standard input: 11 digits of the mainland, or an international number with its +.',
  })
}

function wrong(flag: string, zh: string, en: string): CliFault {
  return new CliFault('usage', { zh: `--${flag} 应为${zh}。`, en: `--${flag} must be ${en}.` })
}
