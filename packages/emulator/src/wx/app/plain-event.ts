/** An event as handlers get it: a plain object whose fields are all its own (frameworks look with hasOwnProperty). */
export interface PlainEvent {
  readonly type: string
  /** Milliseconds since the launch. */
  readonly timeStamp: number
  detail: unknown
  target: EventTargetFields
  currentTarget: EventTargetFields
  readonly mark: Readonly<Record<string, unknown>>
}

interface EventTargetFields {
  readonly id: string
  readonly dataset: Readonly<Record<string, unknown>>
  readonly offsetLeft: number
  readonly offsetTop: number
}

/** Where an event comes from: attributes of the element. */
export interface EventSource {
  readonly id?: string
  readonly dataset?: Readonly<Record<string, unknown>>
  readonly mark?: Readonly<Record<string, unknown>>
}

export function plainEvent(type: string, detail: unknown, source: EventSource, timeStamp: number): PlainEvent {
  const target = () => ({ id: source.id ?? '', dataset: { ...source.dataset }, offsetLeft: 0, offsetTop: 0 })
  return { type, timeStamp, detail, target: target(), currentTarget: target(), mark: { ...source.mark } }
}
