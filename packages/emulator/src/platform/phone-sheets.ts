import type { EmulatorClock, PhoneComponent, WechatUse } from '../types.ts'
import type { Memory } from './memory.ts'
import type { SessionKey } from './session-keys.ts'

/** A sheet that was opened by a tap and not closed yet. */
export interface OpenSheet {
  readonly openedAt: number
  readonly component: PhoneComponent
  /** Open data is encrypted with the key of the tap, however long the person thinks. */
  readonly key: SessionKey
}

export interface PhoneSheets {
  open(use: WechatUse, key: SessionKey, component: PhoneComponent): OpenSheet
  /** Takes the oldest open sheet of this moment; undefined when there is none. */
  close(use: WechatUse, openedAt: number): OpenSheet | undefined
}

/** Somebody who never answers leaves a sheet behind; more than this many of one person are not kept. */
const KEPT = 8

export function createPhoneSheets({
  clock,
  memory,
}: {
  readonly clock: EmulatorClock
  readonly memory: Memory
}): PhoneSheets {
  const { open } = memory.part('phone-sheets', () => ({ open: new Map<string, readonly OpenSheet[]>() }))
  const nameOf = ({ appId, personId }: WechatUse) => `${appId} ${personId}`
  return {
    open(use, key, component) {
      const sheet: OpenSheet = { openedAt: clock.now(), component, key }
      open.set(nameOf(use), [...(open.get(nameOf(use)) ?? []), sheet].slice(-KEPT))
      return sheet
    },
    close(use, openedAt) {
      const sheets = open.get(nameOf(use)) ?? []
      const closed = sheets.find(sheet => sheet.openedAt === openedAt)
      if (closed)
        open.set(
          nameOf(use),
          sheets.filter(sheet => sheet !== closed),
        )
      return closed
    },
  }
}
