import type { Recognised, Sentence, TraceStory } from '@weapp-auth/protocol/contract'
import { defaultDevice, type PlannedFault, type Scenario, type Step } from '../phone/scenario/scenario.ts'
import { writeScenarioLink } from '../phone/scenario/scenario-link.ts'

/** What is known of a failure: a story has its steps, a pasted text only what was recognised in it. */
export type Failure = Pick<Recognised, 'errcode' | 'failure'> & { readonly steps?: TraceStory['steps'] }

type Change = Partial<Pick<Scenario, 'faults' | 'decisions' | 'network' | 'privacy' | 'phonePermitted'>> & {
  readonly before?: readonly Step[]
}

/**
 * The part of a link after `#` that plays a failure again in the phone simulator; `null` when no switch of it brings
 * this failure about.
 *
 * @example
 * replayOf({ errcode: 45011, failure: null }) // '#v1/…'
 */
export function replayOf(failed: Failure): string | null {
  const change = changeOf(failed)
  if (!change) return null
  const { before = [], ...part } = change
  const scenario: Scenario = {
    title: title(failed),
    program: 'native',
    person: { name: '林小满 Lin Xiaoman', phones: ['+8612000000001'] },
    device: defaultDevice,
    decisions: {},
    network: 'wifi',
    privacy: false,
    phonePermitted: true,
    aheadMs: 0,
    faults: [],
    ...part,
    steps: [
      { do: 'launch' },
      ...before,
      { do: 'tap', openType: 'getPhoneNumber', label: '' },
      ...(part.decisions?.phone || part.phonePermitted === false || before.length > 0 ? [] : [allow]),
    ],
  }
  return writeScenarioLink(scenario)
}

const allow: Step = { do: 'decide', decision: 'allow' }

/** Our names of WeChat's calls, and the emulator's. */
const calls: Readonly<Record<string, string>> = {
  codeToSession: 'code2Session',
  phoneByCode: 'getPhoneNumber',
  checkEncryptedData: 'checkEncryptedData',
  accessToken: 'getStableAccessToken',
}

/** What WeChat's client came to when there was no errcode. */
const broken: Readonly<Record<string, string>> = { unavailable: 'reset', 'bad-answer': 'not-json' }

function changeOf({ errcode, failure, steps = [] }: Failure): Change | null {
  if (failure) return ofPhone[failure.reason] ?? null
  const step = [...steps].reverse().find(({ type, outcome }) => type === 'wechat' && outcome === 'failed')
  const call = calls[String(step?.facts.api)] ?? '*'
  if (errcode !== null) return { faults: [fault(call, { errcode })] }
  const kind = broken[String(step?.facts.outcome)]
  return kind === undefined ? null : { faults: [fault(call, kind)] }
}

/** For ever, because server and client repeat what can be mended by a repetition. */
function fault(call: string, kind: PlannedFault['fault']): PlannedFault {
  return { on: 'http', call, fault: kind, when: 'before', times: 'forever' }
}

const ofPhone: Readonly<Record<string, Change>> = {
  declined: { decisions: { phone: 'deny' } },
  cancelled: { decisions: { phone: 'cancel' } },
  'not-permitted': { phonePermitted: false },
  'privacy-not-agreed': { privacy: true, decisions: { privacy: 'deny', phone: 'allow' } },
  'quota-exhausted': { before: [{ do: 'quota', left: 0 }] },
  network: { network: 'none' },
  timeout: { network: 'no-server' },
}

function title({ errcode, failure }: Failure): Sentence {
  const what = failure?.reason ?? (errcode === null ? 'WeChat' : `errcode ${errcode}`)
  return { zh: `重放：${what}`, en: `Replay: ${what}` }
}
