/** `138****8000`: the first three digits and the last `tail` (fewer than ten digits: the first two and last two). */
export function maskPhone(number: string, tail = 4): string {
  const [first, last] = number.length >= 10 ? [3, tail] : [2, 2]
  return `${number.slice(0, first)}${'*'.repeat(Math.max(0, number.length - first - last))}${number.slice(-last)}`
}
