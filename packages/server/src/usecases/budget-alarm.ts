import type { Observe, ServerEvent } from '../ports/observer.ts'

type About = Omit<Extract<ServerEvent, { type: 'budget-alarm' }>, 'type' | 'used' | 'percent'>

/** Tells the operator when four fifths of a budget are used, and when all of it is: each by the caller who reached it. */
export function tellBudget(tell: Observe, about: About, used: number): void {
  if (used === about.limit) tell({ type: 'budget-alarm', ...about, used, percent: 100 })
  else if (used === Math.ceil(about.limit * 0.8)) tell({ type: 'budget-alarm', ...about, used, percent: 80 })
}
