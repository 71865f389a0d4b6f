import type { DialogDecision, EmulatedLaunch, Emulator, PhoneDecision, WxDialog } from '@weapp-auth/emulator'
import { lin, openStage, type Stage, type StageOptions } from '../stage.ts'

type Device = NonNullable<EmulatedLaunch['device']>

/** A button as a person sees it. */
export interface SeenButton {
  readonly label: string
  readonly disabled: boolean
  readonly openType?: string
}

/** What a person does with WeChat's sheet, or what happens while it is open. */
export type InSheet = PhoneDecision | (() => Promise<PhoneDecision>)

/** One launch on Lin's phone. After each act everything has come to rest. */
interface Phone {
  /** All that can be read on the page. */
  texts(): Promise<string>
  buttons(): Promise<readonly SeenButton[]>
  /** Addresses of the pictures on the page. */
  pictures(): Promise<readonly string[]>
  /** Presses the button with this label or open-type, or the first one. Default: Lin allows what WeChat asks. */
  press(label?: string, inSheet?: InSheet): Promise<void>
  /** Presses the first button twice, the second time before anything came of the first. */
  pressTwice(): Promise<void>
  /** Types into the field with this placeholder. */
  type(placeholder: string, text: string): Promise<void>
  /** The home button of the phone, and back into the mini program. */
  leave(): Promise<void>
  enter(): Promise<void>
  /** The back button. */
  back(): Promise<void>
  /** The clock was moved. */
  clockMoved(): Promise<void>
  /** This launch ends; what it stored stays. */
  close(): Promise<void>
}

/** What a phone is opened with. */
export interface PhoneOptions {
  readonly emulator: Emulator
  readonly personId: string
  readonly device: Device
  /** Where `wx.request` and its kin go. */
  readonly network: (request: Request) => Promise<Response>
  /** How Lin answers the other dialogs of WeChat; nothing: allows. */
  readonly decideDialog: (dialog: WxDialog) => DialogDecision | undefined
  /** Told every error of the mini program, and all that it warns of. */
  readonly failed: (error: unknown) => void
}

/** Opens a built mini program somewhere: in a Node vm, in a browser. */
export type OpenPhone = (options: PhoneOptions) => Promise<Phone>

export interface Street {
  readonly stage: Stage
  /** Whether the server can be reached. */
  up: boolean
  /** How Lin answers dialogs of WeChat, by their kind; allows what is not named. */
  readonly dialogs: Partial<Record<WxDialog['kind'], DialogDecision>>
  /** Dialogs that WeChat has shown. */
  readonly shown: readonly WxDialog['kind'][]
  /** Paths that the mini programs asked for. */
  readonly asked: readonly string[]
  launch(device?: Device): Promise<Phone>
  /** Time goes by, second for second, and everything comes to rest after each. */
  wait(seconds: number): Promise<void>
  /** Time leaps. */
  leap(ms: number): Promise<void>
  /** How often the server told of this. */
  told(type: 'login-recorded' | 'phone-recorded'): number
  close(): Promise<void>
}

/** A temporary file of so many bytes, no picture that a server could read. */
export const fileOf = (bytes: number) => `wxfile://${bytes}.bytes`

/** The stage of all stories, with a mini program on it that a framework's own compiler made. */
export async function openStreet(open: OpenPhone, options?: StageOptions): Promise<Street> {
  const stage = await openStage(options)
  const asked: string[] = []
  const shown: WxDialog['kind'][] = []
  const broken: unknown[] = []
  let phone: Phone | undefined

  function network(request: Request): Promise<Response> {
    asked.push(new URL(request.url).pathname)
    return street.up ? stage.server.fetch(request) : Promise.reject(new TypeError('no route'))
  }
  async function leap(ms: number): Promise<void> {
    stage.advance(ms)
    await phone?.clockMoved()
    if (broken.length > 0) throw new AggregateError(broken.splice(0), 'the mini program reported errors')
  }
  const street: Street = {
    stage,
    up: true,
    dialogs: {},
    shown,
    asked,
    told: type => stage.events.filter(event => event.type === type).length,
    leap,
    async launch(device = {}) {
      await phone?.close()
      const failed = (error: unknown) => void broken.push(error)
      const decideDialog = ({ kind }: WxDialog) => {
        shown.push(kind)
        return street.dialogs[kind]
      }
      phone = await open({ emulator: stage.emulator, personId: lin.id, device, network, decideDialog, failed })
      await leap(0)
      return phone
    },
    async wait(seconds) {
      for (let second = 0; second < seconds; second++) await leap(1000)
    },
    async close() {
      await phone?.close()
      await stage.close()
      if (broken.length > 0) throw new AggregateError(broken, 'the mini program reported errors')
    },
  }
  return street
}
