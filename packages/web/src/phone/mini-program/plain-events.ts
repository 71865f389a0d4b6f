import { type Element, Event, type ShadowedEvent } from 'glass-easel'

interface EventNode {
  readonly id: string
  readonly dataset: Readonly<Record<string, unknown>>
}

type Wrap = (target: Element, mark: Record<string, unknown> | null, current: Element) => ShadowedEvent<unknown>

/**
 * Makes every handler receive what WeChat hands over: a plain object with its own `type`, `timeStamp`, `detail`,
 * `target`, `currentTarget` and `mark`. glass-easel hands over an object that inherits them, and compiled frameworks
 * (uni-app) look for an own `detail`.
 */
export function usePlainEvents(): void {
  const wrap: Wrap = function (this: Event<unknown>, target, mark, current) {
    return plainEvent(this, target, mark, current) as unknown as ShadowedEvent<unknown>
  }
  Event.prototype.wrapShadowedEvent = wrap
}

type EventSource = Pick<Event<unknown>, 'type' | 'timeStamp' | 'detail' | 'extraFields'> & Controls

interface Controls {
  preventDefault(): void
  stopPropagation(): void
  markMutated(): void
}

/** The plain object; what glass-easel itself calls on it stays out of sight of `Object.keys` and of copies. */
export function plainEvent(
  source: EventSource,
  target: EventNode,
  mark: Record<string, unknown> | null,
  current: EventNode,
): object {
  const { type, timeStamp, detail, extraFields } = source
  const event = { ...extraFields, type, timeStamp, detail, target: node(target), currentTarget: node(current), mark }
  for (const control of ['preventDefault', 'stopPropagation', 'markMutated'] as const) {
    Object.defineProperty(event, control, { value: () => source[control](), enumerable: false, writable: true })
  }
  return event
}

function node({ id, dataset }: EventNode): EventNode {
  return { id, dataset: { ...dataset } }
}
