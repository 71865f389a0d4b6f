/** Codes of WeChat are made of these characters; anything else never reaches a URL. */
export function isCode(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(text)
}
