import type { Sentence } from '@weapp-auth/protocol/contract'
import { type Decisions, defaultDevice, dialogNames, type PlannedFault, type Scenario, type Step } from './scenario.ts'

/** What is wrong with a scenario, and where. */
export class ScenarioProblem extends Error {
  readonly sentence: Sentence

  constructor(sentence: Sentence) {
    super(sentence.en)
    this.sentence = sentence
  }
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a scenario of somebody else: nothing in it is believed.
 *
 * @throws ScenarioProblem that names the field.
 */
export function readScenario(value: unknown): Scenario {
  const given = fields(value, 'scenario')
  const { title, see, device = defaultDevice, decisions = {}, faults = [], aheadMs = 0 } = given
  return {
    ...(title !== undefined && { title: sentence(title, 'title') }),
    ...(see !== undefined && { see: sentence(see, 'see') }),
    program: text(given.program, 'program', 60),
    person: readPerson(fields(given.person, 'person')),
    device: readDevice(fields(device, 'device')),
    decisions: readDecisions(fields(decisions, 'decisions')),
    network: oneOf(given.network ?? 'wifi', 'network', networks),
    privacy: flag(given.privacy ?? false, 'privacy'),
    phonePermitted: flag(given.phonePermitted ?? true, 'phonePermitted'),
    aheadMs: whole(aheadMs, 'aheadMs', longest),
    faults: list(faults, 'faults', 20).map((fault, at) => readFault(fields(fault, `faults[${at}]`), `faults[${at}]`)),
    steps: list(given.steps, 'steps', 60).map((step, at) => readStep(fields(step, `steps[${at}]`), `steps[${at}]`)),
  }
}

const longest = 366 * 86_400_000
const networks = ['wifi', 'slow', 'no-server', 'none'] as const
const answers = ['ask', 'allow', 'deny', 'cancel', 'never'] as const
const decided = ['allow', 'deny', 'cancel'] as const

function readPerson({ name, phones, blocked = false }: Fields): Scenario['person'] {
  const numbers = list(phones, 'person.phones', 5).map((phone, at) => {
    const number = text(phone, `person.phones[${at}]`, 16)
    if (!/^\+[1-9]\d{5,14}$/.test(number))
      throw wrong(`person.phones[${at}]`, '是 +8612000000001 这样的号码', 'a number such as +8612000000001')
    return number
  })
  return {
    name: text(name, 'person.name', 40),
    phones: numbers,
    ...(flag(blocked, 'person.blocked') && { blocked: true }),
  }
}

function readDevice({ platform, sdkVersion, oldPromises = false, width = 375 }: Fields): Scenario['device'] {
  const version = text(sdkVersion, 'device.sdkVersion', 12)
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw wrong('device.sdkVersion', '是 3.17.0 这样的版本号', 'a version such as 3.17.0')
  return {
    platform: oneOf(platform, 'device.platform', ['ios', 'android', 'devtools']),
    sdkVersion: version,
    oldPromises: flag(oldPromises, 'device.oldPromises'),
    width: Math.max(320, whole(width, 'device.width', 600)),
  }
}

function readDecisions(given: Fields): Decisions {
  const entries = Object.entries(given).map(([name, answer]) => [
    oneOf(name, 'decisions', dialogNames),
    oneOf(answer, `decisions.${name}`, answers),
  ])
  return Object.fromEntries(entries)
}

function readFault({ on, call, fault, when = 'before', times = 1 }: Fields, at: string): PlannedFault {
  const kind = typeof fault === 'string' ? text(fault, `${at}.fault`, 40) : fields(fault, `${at}.fault`)
  if (typeof kind !== 'string')
    for (const [name, value] of Object.entries(kind))
      if (typeof value !== 'number') text(value, `${at}.fault.${name}`, 200)
  return {
    on: oneOf(on, `${at}.on`, ['http', 'wx']),
    call: text(call, `${at}.call`, 40),
    fault: kind as PlannedFault['fault'],
    when: oneOf(when, `${at}.when`, ['before', 'after']),
    times: times === 'forever' ? times : whole(times, `${at}.times`, 1000),
  }
}

/** What each step has besides its name. */
const steps: { readonly [name in Step['do']]: (given: Fields, at: string) => object } = {
  launch: () => ({}),
  wipe: () => ({}),
  kill: () => ({}),
  'second-device': () => ({}),
  'clear-faults': () => ({}),
  tap: ({ openType = '', label = '', times = 1 }, at) => ({
    openType: text(openType, `${at}.openType`, 80),
    label: text(label, `${at}.label`, 80),
    ...(times !== 1 && { times: whole(times, `${at}.times`, 10) }),
  }),
  decide: ({ decision, phone }, at) => ({
    decision: oneOf(decision, `${at}.decision`, decided),
    ...(phone !== undefined && { phone: whole(phone, `${at}.phone`, 20) }),
  }),
  dialog: ({ dialog, decision }, at) => ({
    dialog: oneOf(dialog, `${at}.dialog`, dialogNames),
    decision: oneOf(decision, `${at}.decision`, decided),
  }),
  clock: ({ ms }, at) => ({ ms: whole(ms, `${at}.ms`, longest) }),
  background: ({ ms }, at) => ({ ms: whole(ms, `${at}.ms`, longest) }),
  wait: ({ ms }, at) => ({ ms: whole(ms, `${at}.ms`, 30_000) }),
  network: ({ network }, at) => ({ network: oneOf(network, `${at}.network`, networks) }),
  fault: ({ fault }, at) => ({ fault: readFault(fields(fault, `${at}.fault`), `${at}.fault`) }),
  quota: ({ left }, at) => ({ left: whole(left, `${at}.left`, 1_000_000) }),
  token: ({ how }, at) => ({ how: oneOf(how, `${at}.how`, ['expire', 'steal']) }),
}

function readStep(given: Fields, at: string): Step {
  const name = oneOf(given.do, `${at}.do`, Object.keys(steps) as Step['do'][])
  return { do: name, ...steps[name](given, at) } as Step
}

function fields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw wrong(name, '是一个对象', 'an object')
}

function list(value: unknown, name: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value
  throw wrong(name, `是最多 ${most} 项的列表`, `a list of at most ${most}`)
}

function text(value: unknown, name: string, longest: number): string {
  if (typeof value === 'string' && value.length <= longest) return value
  throw wrong(name, `是不超过 ${longest} 个字符的文字`, `a text of at most ${longest} characters`)
}

function sentence(value: unknown, name: string): Sentence {
  const { zh, en } = fields(value, name)
  return { zh: text(zh, `${name}.zh`, 400), en: text(en, `${name}.en`, 400) }
}

function whole(value: unknown, name: string, most: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most) return Number(value)
  throw wrong(name, `是 0 到 ${most} 的整数`, `a whole number from 0 to ${most}`)
}

function flag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw wrong(name, '是 true 或 false', 'true or false')
}

function oneOf<T extends string>(value: unknown, name: string, all: readonly T[]): T {
  const found = all.find(one => one === value)
  if (found !== undefined) return found
  throw wrong(name, `是 ${all.join('、')} 之一`, `one of ${all.join(', ')}`)
}

function wrong(name: string, zh: string, en: string): ScenarioProblem {
  return new ScenarioProblem({ zh: `这个链接里的 ${name} 应当${zh}`, en: `"${name}" in this link must be ${en}` })
}
