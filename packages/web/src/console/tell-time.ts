import { language } from '../ui/language.ts'

/** A time as people of the page's language write it, in the zone of the browser. */
export function tellTime(at: string): string {
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB'
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
}
