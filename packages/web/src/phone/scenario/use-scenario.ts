import { computed, type Ref, ref, shallowRef } from 'vue'
import type { Phone } from '../use-phone.ts'
import type { PlannedFault, Scenario, ScenarioPerson, Step } from './scenario.ts'
import { writeScenarioLink } from './scenario-link.ts'

/** How long a step waits for the button, sheet or dialog that it needs. */
const PATIENCE_MS = 15_000
/** Nothing was asked of a server for so long: the phone is at rest. */
const REST_MS = 350

const agree = 'agreePrivacyAuthorization'

/** A scenario that is played, and how far it is. */
export interface Playing {
  readonly scenario: Scenario
  /** Steps that are done. */
  readonly done: number
  readonly mood: 'running' | 'done' | 'stuck'
}

/** Does the steps of scenarios, writes down what somebody does by hand, and makes links of both. */
export function useScenario(phone: Phone, container: Readonly<Ref<HTMLElement | null>>) {
  const playing = shallowRef<Playing | null>(null)
  const recorded = shallowRef<readonly Step[]>([])
  const runs = ref(0)
  const faults = shallowRef<readonly PlannedFault[]>([])
  const isRunning = computed(() => playing.value?.mood === 'running')

  const actions: { readonly [name in Step['do']]: (step: Extract<Step, { do: name }>) => unknown } = {
    launch: () => phone.restart(),
    wipe: () => phone.wipe(),
    kill: () => phone.kill(),
    'second-device': () => phone.emulator.post('keys/rotate', phone.use()),
    'clear-faults': async () => {
      faults.value = []
      await Promise.all([phone.emulator.post('faults/clear'), phone.emulator.post('wx-faults/clear')])
    },
    fault: ({ fault }) => plan(fault),
    tap: ({ openType, label, times = 1 }) => tap(openType, label, times),
    decide: async ({ decision, phone: chosen }) => {
      await until(() => phone.sheet.value !== null)
      phone.decide(decision === 'allow' ? { decision, phone: chosen ?? 0 } : { decision })
    },
    dialog: async ({ dialog, decision }) => {
      const shown = () => phone.dialog.value?.kind === dialog
      // A mini program may draw the question for the privacy guideline itself; then its button carries the consent.
      const own = () =>
        dialog === 'privacy' && decision === 'allow' ? findButton(container.value, agree, '') : undefined
      await until(() => shown() || own() !== undefined)
      if (shown()) phone.decideDialog({ decision })
      else own()?.click()
    },
    clock: ({ ms }) => phone.moveClock(ms),
    background: async ({ ms }) => {
      phone.leave()
      await phone.moveClock(ms)
      await phone.enter()
    },
    wait: ({ ms }) => new Promise(resolve => setTimeout(resolve, ms)),
    network: ({ network }) => phone.connect(network),
    quota: ({ left }) =>
      phone.emulator.post('billing', { appId: phone.use().appId, quick: { trialLeft: left, boughtLeft: 0 } }),
    token: ({ how }) => phone.emulator.post(`tokens/${how}`, { appId: phone.use().appId }),
  }
  const act = (step: Step): unknown => (actions[step.do] as (step: Step) => unknown)(step)

  async function plan(fault: PlannedFault): Promise<void> {
    const { on, call, ...rest } = fault
    await phone.emulator.post(on === 'http' ? 'faults' : 'wx-faults', {
      [on === 'http' ? 'api' : 'call']: call,
      ...rest,
    })
    faults.value = [...faults.value, fault]
  }

  /** Finds the button as a person would: by what it does, else by what is written on it. */
  async function tap(openType: string, label: string, times: number): Promise<void> {
    let button: HTMLElement | undefined
    await until(() => {
      button = findButton(container.value, openType, label)
      return button !== undefined
    })
    for (let count = 0; count < times; count++) button?.click()
  }

  /** Somebody does this by hand: it happens, and is part of the next link. */
  async function perform(step: Step): Promise<void> {
    record(step)
    await act(step)
  }

  function record(step: Step): void {
    if (isRunning.value) return
    const begins = step.do === 'launch' || step.do === 'wipe'
    recorded.value = begins ? [step] : [...recorded.value, step].slice(-60)
  }

  /** Plays a scenario from a cold start, in the hands of somebody who was never here. */
  async function play(scenario: Scenario): Promise<void> {
    runs.value += 1
    const run = runs.value
    const tell = (done: number, mood: Playing['mood']) => {
      if (run === runs.value) playing.value = { scenario, done, mood }
    }
    tell(0, 'running')
    let done = 0
    try {
      await prepare(scenario)
      for (const step of scenario.steps) {
        if (run !== runs.value) return
        await act(step)
        await rest()
        done += 1
        tell(done, 'running')
      }
      recorded.value = scenario.steps
      tell(done, 'done')
    } catch (error) {
      recorded.value = scenario.steps.slice(0, done)
      tell(done, 'stuck')
      if (!(error instanceof Stuck)) throw error
    }
  }

  async function prepare(scenario: Scenario): Promise<void> {
    const { appId } = phone.use()
    const { emulator, setup } = phone
    phone.kill()
    await act({ do: 'clear-faults' })
    await emulator.post('billing', { appId, quick: { trialLeft: 1000, boughtLeft: 0 } })
    await emulator.post('apps/change', {
      appId,
      privacy: scenario.privacy ? { required: true } : null,
      phonePermitted: scenario.phonePermitted,
    })
    const id = `scene-${Date.now().toString(36)}`
    await emulator.post('people', personOf(scenario.person, id))
    await phone.refresh()
    const lacking = scenario.aheadMs - phone.ahead.value
    if (lacking > 1000) await phone.moveClock(Math.round(lacking))
    for (const fault of scenario.faults) await plan(fault)
    Object.assign(setup, {
      personId: id,
      device: scenario.device,
      decisions: scenario.decisions,
      network: scenario.network,
      program: phone.programs.value.some(({ name }) => name === scenario.program) ? scenario.program : setup.program,
    })
  }

  /** The phone as it is now, from its last cold start on. */
  function describe(): Scenario {
    const { setup, person, app, ahead } = phone
    const begins = recorded.value[0]?.do === 'launch' || recorded.value[0]?.do === 'wipe'
    const { title, see } = playing.value?.scenario ?? {}
    const same = playing.value !== null && playing.value.scenario.steps === recorded.value
    return {
      ...(same && title && { title }),
      ...(same && see && { see }),
      program: setup.program,
      person: {
        name: person.value?.name ?? '',
        phones: (person.value?.phones ?? []).map(({ countryCode, number }) => `+${countryCode}${number}`),
        ...(person.value?.highRisk && { blocked: true }),
      },
      device: setup.device,
      decisions: setup.decisions,
      network: same ? (playing.value?.scenario.network ?? setup.network) : setup.network,
      privacy: app.value?.privacyRequired ?? false,
      phonePermitted: app.value?.phonePermitted ?? true,
      aheadMs: same ? (playing.value?.scenario.aheadMs ?? 0) : Math.max(0, Math.round(ahead.value / 1000) * 1000),
      faults: same ? (playing.value?.scenario.faults ?? []) : faults.value,
      steps: begins ? recorded.value : [{ do: 'launch' }, ...recorded.value],
    }
  }

  function stop(): void {
    runs.value += 1
    playing.value = null
  }

  /** After a step everything comes to rest, unless the person is asked something. */
  async function rest(): Promise<void> {
    const asked = () => phone.sheet.value !== null || phone.dialog.value !== null
    let quietSince = Date.now()
    await until(
      () => {
        if (phone.pending.value > 0 && !asked()) quietSince = Date.now()
        return Date.now() - quietSince >= REST_MS
      },
      () => {},
    )
  }

  phone.onTap(({ openType, label }) => {
    if (openType !== '' || label !== '') record({ do: 'tap', openType, label })
  })

  return {
    playing,
    recorded,
    isRunning,
    faults,
    perform,
    record,
    play,
    stop,
    link: () => `${location.origin}${location.pathname}${writeScenarioLink(describe())}`,
  }
}

export type ScenarioPlayer = ReturnType<typeof useScenario>

/** What a step needs did not come. */
class Stuck extends Error {}

async function until(
  holds: () => boolean,
  tooLong: () => void = () => {
    throw new Stuck()
  },
): Promise<void> {
  const began = Date.now()
  while (!holds()) {
    if (Date.now() - began > PATIENCE_MS) return tooLong()
    await new Promise(resolve => setTimeout(resolve, 40))
  }
}

function findButton(container: HTMLElement | null, openType: string, label: string): HTMLElement | undefined {
  const page = container?.lastElementChild?.shadowRoot
  if (!page) return undefined
  const enabled = (element: HTMLElement) => !element.hasAttribute('disabled') && element.getClientRects().length > 0
  const says = (element: HTMLElement) => (element.textContent ?? '').replace(/\s+/g, ' ').trim() === label
  const buttons = [...page.querySelectorAll<HTMLElement>('button')].filter(enabled)
  const wanted = openType.split('|')[0]
  const fits = (button: HTMLElement) => (button.getAttribute('wx-open-type') ?? '').split('|')[0] === wanted
  if (openType !== '') return buttons.find(button => fits(button) && says(button)) ?? buttons.find(fits)
  return [...page.querySelectorAll<HTMLElement>('*')].filter(enabled).filter(says).at(-1)
}

function personOf({ name, phones, blocked = false }: ScenarioPerson, id: string) {
  return { id, name, highRisk: blocked, phones: phones.map(phoneOf) }
}

const callingCodes = ['852', '853', '886', '86', '65', '60', '81', '44', '1'] as const

/** `+8612000000001` as country code and number. */
export function phoneOf(phone: string): { readonly countryCode: string; readonly number: string } {
  const digits = phone.slice(1)
  const countryCode = callingCodes.find(code => digits.startsWith(code)) ?? digits.slice(0, 2)
  return { countryCode, number: digits.slice(countryCode.length) }
}
