const SECRET_FIELDS = new Set([
  'access_token',
  'component_access_token',
  'secret',
  'appsecret',
  'js_code',
  'code',
  'signature',
  'component_appsecret',
  'component_secret',
  'component_verify_ticket',
  'authorization_code',
  'authorizer_access_token',
  'authorizer_refresh_token',
])

/** The query with the values of secrets cut after six characters, as the sample of getRidInfo shows them. */
export function blankQuery(query: URLSearchParams): string {
  return [...query].map(([name, value]) => `${name}=${blank(name, value)}`).join('&')
}

/** The same for a JSON body; another body is left out, as nobody knows what is in it. */
export function blankBody(body: string): string {
  if (body === '') return ''
  try {
    return JSON.stringify(
      JSON.parse(body, (name, value: unknown) => (typeof value === 'string' ? blank(name, value) : value)),
    )
  } catch {
    return '(not JSON)'
  }
}

function blank(name: string, value: string): string {
  return SECRET_FIELDS.has(name) ? `${value.slice(0, 6)}xxxx` : value
}
