import { assumptions } from './assumptions.ts'
import type { Outcome } from './measure.ts'
import { strategies } from './strategies/index.ts'
import { boundOf, rowsOf } from './summary.ts'

const left = 60
const top = 64
const height = 260
const group = 150
const bar = 17
const colours = ['#07c160', '#7c8b9a', '#e0a33b', '#c96f4a', '#8d6cc4', '#4f86c6', '#b04a5a']

/** Bars of first-tap success by assumption and strategy, as SVG; the short line above each group is the bound. Pure. */
export function drawFirstTap(outcomes: readonly Outcome[]): string {
  const width = left + assumptions.length * group + 20
  const bottom = top + height
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 96}" font-family="system-ui, sans-serif" font-size="12">`,
    '<title>第一次点击就成功的用户 · users whose first tap succeeds</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(left, 24, '第一次点击就成功的用户 · users whose first tap succeeds', 'font-size="16" font-weight="600"'),
    text(left, 44, 'session_key 何时被换，没有公开的定论 · by assumption about key rotation', 'fill="#666"'),
    ...[0, 25, 50, 75, 100].map(percent => gridLine(percent, width)),
    ...assumptions.map((assumption, index) => drawGroup(assumption, left + index * group, outcomes)),
    ...strategies.map(({ title }, index) =>
      legend(index, title.zh === title.en ? title.en : `${title.zh} · ${title.en}`, bottom + 44),
    ),
    '</svg>',
    '',
  ].join('\n')
}

const y = (share: number): number => Math.round((top + height * (1 - share)) * 10) / 10

function gridLine(percent: number, width: number): string {
  const at = y(percent / 100)
  return `<path d="M${left} ${at}H${width - 10}" stroke="#ddd"/>${text(left - 6, at + 4, `${percent} %`, 'text-anchor="end" fill="#666"')}`
}

function drawGroup({ id, title }: (typeof assumptions)[number], x: number, outcomes: readonly Outcome[]): string {
  const own = outcomes.filter(({ assumption }) => assumption === id)
  const bars = rowsOf(own).map(({ firstTap }, index) => {
    const at = y(firstTap)
    return `<rect x="${x + 8 + index * (bar + 1)}" y="${at}" width="${bar}" height="${(top + height - at).toFixed(1)}" fill="${colours[index]}"/>`
  })
  const bound = y(boundOf(own))
  const middle = x + group / 2 - 4
  return [
    ...bars,
    `<path d="M${x + 4} ${bound}h${strategies.length * (bar + 1) + 7}" stroke="#222" stroke-dasharray="4 2"/>`,
    text(middle, top + height + 16, title.zh, 'text-anchor="middle"'),
    text(middle, top + height + 30, title.en, 'text-anchor="middle" fill="#666" font-size="8"'),
  ].join('')
}

function legend(index: number, title: string, from: number): string {
  const x = left + (index % 2) * 380
  const at = from + Math.floor(index / 2) * 16
  return `<rect x="${x}" y="${at - 9}" width="10" height="10" fill="${colours[index]}"/>${text(x + 16, at, title, 'font-size="11"')}`
}

function text(x: number, at: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${at}" ${attributes}>${content}</text>`
}
