import type { OpenapiDocument } from '../openapi/openapi.ts'

/** The document is made when it is first asked for: most servers never are. */
export function getOpenapi(describe: () => OpenapiDocument) {
  return async (): Promise<OpenapiDocument> => describe()
}
