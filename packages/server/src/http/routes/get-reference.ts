import type { OpenapiDocument } from '../openapi/openapi.ts'
import { referencePage } from '../openapi/reference-page.ts'
import { FileReply } from '../route.ts'

/** A page without scripts; nothing but its own style is allowed in it. It is kept: anybody may ask, at any rate. */
export function getReference(describe: () => OpenapiDocument) {
  let made: FileReply | undefined
  return async (): Promise<FileReply> => {
    made ??= pageOf(describe())
    return made
  }
}

function pageOf(document: OpenapiDocument): FileReply {
  const { html, styleHash } = referencePage(document)
  return new FileReply(new TextEncoder().encode(html), {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'public, max-age=300',
  })
}
