/** One of something, of which there are `limit` until a certain time. */
export interface Budget {
  /** Keyed hash of what is counted: for whom, and for what. */
  readonly name: Uint8Array
  readonly limit: number
  /** When it is full again; counts for the first one only, later ones keep the time of the first. */
  readonly until: number
}

export type SpendOutcome =
  /** `used` of each, this one included, in the order they were asked for. */
  | { readonly status: 'spent'; readonly used: readonly number[] }
  /**
   * `empty`: which of them are used up, by their place; `until`: when the last of those is full again. Nothing was
   * counted.
   */
  | { readonly status: 'refused'; readonly empty: readonly number[]; readonly until: number }

/** Counts what must not happen too often, durably: what was paid for stays counted after a crash. */
export interface BudgetStore {
  /**
   * Takes one of each, or none at all.
   * Race: of any number of callers at once exactly `limit` take one before `until`; `used` is different for each.
   */
  spendBudgets(budgets: readonly Budget[], now: number): Promise<SpendOutcome>
  /** Gives one of each back; what is not counted any more stays so. */
  refundBudgets(budgets: readonly Pick<Budget, 'name'>[]): Promise<void>
}
