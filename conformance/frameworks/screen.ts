/** What a page shows, however its framework makes it. */
export interface Screen {
  readonly texts: string[]
  readonly buttons: ScreenButton[]
  readonly fields: ScreenField[]
}

export function emptyScreen(): Screen {
  return { texts: [], buttons: [], fields: [] }
}

/** Something to type into. */
interface ScreenField {
  readonly placeholder: string
  readonly bind: Readonly<Record<string, string>>
  readonly id?: string
  readonly dataset?: Readonly<Record<string, unknown>>
}

/** A button as {@link MiniProgram.tap} takes it. */
export interface ScreenButton {
  readonly label: string
  readonly disabled: boolean
  readonly openType?: string
  /** Handlers of the page by event. */
  readonly bind: Readonly<Record<string, string>>
  readonly id?: string
  readonly dataset?: Readonly<Record<string, unknown>>
}
