import type { Latency, LatencyAnswer } from '@weapp-auth/protocol/contract'
import type { Series } from './series.ts'

/** One line of the table of times. */
export interface LatencyRow {
  readonly id: string
  readonly side: 'own' | 'wechat'
  /** Method and route, or the call of WeChat. */
  readonly name: string
  readonly figures: Latency
}

/** Those that take most of everybody's time first: how often, times how long. */
export function latencyRows({ total }: LatencyAnswer): readonly LatencyRow[] {
  const of = (side: LatencyRow['side']) =>
    Object.entries(total[side]).map(([name, figures]) => ({ id: `${side} ${name}`, side, name, figures }))
  const weight = ({ figures: { count, p50 } }: LatencyRow) => count * p50
  return [...of('own'), ...of('wechat')].sort((a, b) => weight(b) - weight(a))
}

/** Its percentiles over time; `null` where nothing was measured. */
export function latencySeries({ steps }: LatencyAnswer, { side, name }: LatencyRow): readonly Series[] {
  const line = (word: 'p50' | 'p95' | 'p99', colour: Series['colour']): Series => ({
    name: { zh: word, en: word },
    colour,
    values: steps.map(step => step[side][name]?.[word] ?? null),
  })
  return [line('p50', '--brand'), line('p95', '--side-wechat'), line('p99', '--danger')]
}
