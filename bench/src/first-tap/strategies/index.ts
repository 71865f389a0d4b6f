import type { Strategy } from '../strategy.ts'
import { document000 } from './document-000.ts'
import { document001 } from './document-001.ts'
import { document003a } from './document-003a.ts'
import { document003b } from './document-003b.ts'
import { document004 } from './document-004.ts'
import { naiveCode } from './naive-code.ts'
import { ours } from './ours.ts'

/** The contestants, ours first. */
export const strategies: readonly Strategy[] = [
  ours,
  naiveCode,
  document000,
  document001,
  document003a,
  document003b,
  document004,
]
