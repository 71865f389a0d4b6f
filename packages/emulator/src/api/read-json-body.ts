import { type Refused, refuse } from './endpoint.ts'

type Fields = Readonly<Record<string, unknown>>

/** The JSON object in a POST body, whatever its Content-Type says, or the refusal. */
export function readJsonBody(body: string): { readonly fields: Fields } | Refused {
  if (body === '') return refuse(44002, '请求体是空的', 'the body is empty')
  const fields = parse(body)
  return fields ? { fields } : refuse(47001, '请求体不是 JSON 对象', 'the body is not a JSON object')
}

function parse(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}
