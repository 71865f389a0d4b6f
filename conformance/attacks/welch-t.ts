/**
 * Welch's t of two samples, whose variances may differ: how many standard errors their means are apart. Beyond 4.5 to
 * either side it is a leak (the bound of "Test Vector Leakage Assessment"); by chance that comes once in 150,000 times.
 *
 * @example
 * Math.abs(welchT(timesOfBadPadding, timesOfBadJson)) < 4.5
 */
export function welchT(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [momentsOf(one), momentsOf(other)]
  return (a.mean - b.mean) / Math.sqrt(a.variance / one.length + b.variance / other.length)
}

export function momentsOf(sample: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sample.length - 1)
  return { mean, variance }
}
