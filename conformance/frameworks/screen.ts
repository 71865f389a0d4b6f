import type { MountedComponent } from '@weapp-auth/emulator'

/** What a page shows, however its framework makes it. */
export interface Screen {
  readonly texts: string[]
  /** Addresses of its pictures. */
  readonly pictures: string[]
  readonly buttons: ScreenButton[]
  readonly fields: ScreenField[]
}

export function emptyScreen(): Screen {
  return { texts: [], pictures: [], buttons: [], fields: [] }
}

/** Where the events of an element go. */
interface ScreenElement {
  /** Handlers by event. */
  readonly bind: Readonly<Record<string, string>>
  readonly id?: string
  readonly dataset?: Readonly<Record<string, unknown>>
  /** Whose template has it, when that is not the page. */
  readonly component?: MountedComponent
}

/** Something to type into. */
interface ScreenField extends ScreenElement {
  readonly placeholder: string
}

/** A button as {@link MiniProgram.tap} takes it. */
export interface ScreenButton extends ScreenElement {
  /** What is written on it. */
  readonly label: string
  readonly disabled: boolean
  readonly openType?: string
}
