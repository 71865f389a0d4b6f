import { type EmulatedLaunch, type MiniProgram, type PhoneDecision, runMiniProgram } from '@weapp-auth/emulator'
import { app, lin, openStage, type Stage } from '../stage.ts'
import type { Screen, ScreenButton } from './screen.ts'

/** A built mini program, and how to see what its page shows. */
export interface Example {
  readonly files: Readonly<Record<string, string>>
  read(program: MiniProgram): Screen
}

/** One launch on Lin's phone. */
export interface Launched {
  readonly program: MiniProgram
  /** All that can be read on the page. */
  texts(): string
  /** The button that a person would press now. */
  mainButton(): ScreenButton
  /** Presses it, the person decides in the sheet, and everything comes to rest. */
  press(decision?: PhoneDecision): Promise<void>
  /** Time goes by, second for second, and everything comes to rest after each. */
  wait(seconds: number): Promise<void>
}

export interface Street {
  readonly stage: Stage
  /** Whether the server can be reached. */
  up: boolean
  launch(options?: EmulatedLaunch): Promise<Launched>
  /** How often the server told of this. */
  told(type: 'login-recorded' | 'phone-recorded'): number
}

/** The stage of all stories, with a mini program on it that a framework's own compiler made. */
export async function openStreet(example: Example): Promise<Street> {
  const stage = await openStage()
  const street: Street = {
    stage,
    up: true,
    told: type => stage.events.filter(event => event.type === type).length,
    async launch(options = {}) {
      const runtime = stage.emulator.wx(lin.id, app.appId, {
        network: request => (street.up ? stage.server.fetch(request) : Promise.reject(new TypeError('no route'))),
        onError: error => broken.push(error),
        ...options,
      })
      const broken: unknown[] = []
      const program = runMiniProgram({ files: example.files, runtime, console: quietConsole(broken) })
      async function settle() {
        await rest()
        if (broken.length > 0) throw new AggregateError(broken, 'the mini program reported errors')
      }
      const mainButton = () => {
        const [button] = example.read(program).buttons
        if (!button) throw new Error('there is no button')
        return button
      }
      await settle()
      return {
        program,
        texts: () => example.read(program).texts.join(' | '),
        mainButton,
        async press(decision = { decision: 'allow' }) {
          const button = mainButton()
          if (button.disabled) throw new Error(`"${button.label}" is disabled`)
          // A person takes a moment to read the sheet; uni-app hands on taps in a later task.
          runtime.decide(() => rest().then(() => decision))
          await program.tap(button)
          await settle()
        },
        async wait(seconds) {
          for (let second = 0; second < seconds; second++) {
            stage.advance(1000)
            await settle()
          }
        },
      }
    },
  }
  return street
}

/** Vue and React tell what went wrong through the console. */
function quietConsole(broken: unknown[]): object {
  const tell = (...words: unknown[]) => void broken.push(new Error(words.map(String).join(' ')))
  return { log() {}, info() {}, debug() {}, warn: tell, error: tell }
}

/** Frameworks render in macrotasks of their own; React's scheduler needs a few. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setTimeout(resolve))
}
