import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The part of a page to look at, and how: as axe-core takes them. */
export interface AxeLook {
  readonly context?: object
  readonly options?: RunOptions
}

/** Rules that the page breaks seriously or critically, with the elements that do. */
export async function seriousFindings(page: Page, { context, options = {} }: AxeLook = {}): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(
    ([where, how]) =>
      (Reflect.get(window, 'axe') as { run(...args: object[]): Promise<AxeResults> }).run(where ?? document, how),
    [context, { ...options, resultTypes: ['violations' as const] }] as const,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
    )
}
