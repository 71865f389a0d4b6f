const pattern = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T]+(\d{1,2}):(\d{2})$/

/** `2026-11-21 18:30`, in the time zone of this machine: browsers write dates their own way, not the page's. */
export function tellMoment(at: number): string {
  const date = new Date(at)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/**
 * Reads what {@link tellMoment} writes.
 *
 * @returns `null` for anything that is not a moment, such as February 30.
 */
export function readMoment(text: string): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (pattern.exec(text.trim()) ?? []).slice(1).map(Number)
  const date = new Date(year, month - 1, day, hour, minute)
  const same = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day
  return same && hour < 24 && minute < 60 ? date.getTime() : null
}
