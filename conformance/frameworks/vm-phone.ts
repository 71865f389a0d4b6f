import { type MiniProgram, runMiniProgram } from '@weapp-auth/emulator'
import { app } from '../stage.ts'
import type { Screen, ScreenButton } from './screen.ts'
import type { OpenPhone } from './street.ts'

/** A built mini program, and how to see what its page shows. */
export interface VmExample {
  readonly files: Readonly<Record<string, string>>
  /** Called whenever the page may have changed. */
  read(program: MiniProgram): Screen
}

/** Runs the files as they are in a Node vm: there is no screen, so what a page shows is read from its data. */
export function vmPhone({ files, read }: VmExample): OpenPhone {
  return async ({ emulator, personId, device, network, decideDialog, failed }) => {
    const runtime = emulator.wx(personId, app.appId, { network, device, decideDialog, readFile, onError: failed })
    const program = runMiniProgram({ files, runtime, console: quietConsole(failed) })

    /** Frameworks render in macrotasks of their own; React's scheduler needs a few. */
    async function rest(): Promise<void> {
      for (let turn = 0; turn < 20; turn++) {
        read(program)
        await new Promise(resolve => setTimeout(resolve))
      }
    }
    function find(label?: string): ScreenButton {
      const { buttons } = read(program)
      const button =
        label === undefined ? buttons[0] : buttons.find(one => one.label === label || one.openType === label)
      if (!button) throw new Error(`there is no button "${label}", only ${buttons.map(one => one.label).join(', ')}`)
      if (button.disabled) throw new Error(`"${button.label}" is disabled`)
      return button
    }
    return {
      texts: async () => read(program).texts.join(' | '),
      pictures: async () => read(program).pictures,
      buttons: async () =>
        read(program).buttons.map(({ label, disabled, openType }) => ({
          label,
          disabled,
          ...(openType === undefined ? {} : { openType }),
        })),
      async press(label, inSheet = { decision: 'allow' }) {
        // A person takes a moment to read the sheet; uni-app hands on taps in a later task.
        runtime.decide(async () => {
          await rest()
          return typeof inSheet === 'function' ? inSheet() : inSheet
        })
        const done = program.tap(find(label))
        done.catch(failed)
        // What waits for another press, as behind a privacy dialog, is not waited for.
        for (let turn = 0; turn < 5; turn++) await Promise.race([done.then(rest), rest()])
      },
      async pressTwice() {
        const button = find()
        await Promise.all([program.tap(button), program.tap(button)])
        await rest()
      },
      async type(placeholder, text) {
        const field = read(program).fields.find(one => one.placeholder === placeholder)
        if (!field) throw new Error(`there is no field "${placeholder}"`)
        const tell = (type: string, detail: object) => {
          const handler = field.bind[type]
          if (handler !== undefined) (field.component ?? program).dispatch(handler, type, detail, field)
        }
        tell('input', { value: text, cursor: text.length })
        tell('blur', { value: text, cursor: text.length })
        // WeChat checks what was typed into a nickname field, and tells what came of it.
        const { review } = await runtime.blurNickname(text)
        if (review) tell('nicknamereview', review)
        await rest()
      },
      async leave() {
        runtime.hide()
        await rest()
      },
      async enter() {
        runtime.show()
        await rest()
      },
      async back() {
        runtime.wx.navigateBack()
        await rest()
      },
      clockMoved: rest,
      close: async () => runtime.close(),
    }
  }
}

/** What `fileOf` names. */
async function readFile(path: string): Promise<Blob> {
  return new Blob([new Uint8Array(Number.parseInt(path.slice('wxfile://'.length), 10))])
}

/** Vue and React tell what went wrong through the console. */
function quietConsole(failed: (error: unknown) => void): object {
  const tell = (...words: unknown[]) => failed(new Error(words.map(String).join(' ')))
  return { log() {}, info() {}, debug() {}, warn: tell, error: tell }
}
