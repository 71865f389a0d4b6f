import type { OpenapiDocument } from '../openapi/openapi.ts'
import { FileReply } from '../route.ts'

/** The document is made when it is first asked for, which most servers never are, and kept: anybody may ask, at any rate. */
export function getOpenapi(describe: () => OpenapiDocument) {
  let made: FileReply | undefined
  return async (): Promise<FileReply> => {
    made ??= new FileReply(new TextEncoder().encode(JSON.stringify(describe())), {
      'content-type': 'application/json; charset=utf-8',
    })
    return made
  }
}
