import { digestOfText } from '../../keys/digest.ts'
import type { OpenapiDocument } from './openapi.ts'

interface Page {
  readonly html: string
  /** For `style-src`: `sha256-…`. */
  readonly styleHash: string
}

type Operation = NonNullable<OpenapiDocument['paths'][string]>[string]

/** The document as a page that needs no script: Chinese first, English beside it. */
export function referencePage(document: OpenapiDocument): Page {
  const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const sections = document.tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<section id="${name}"><h2>${text(description)}</h2>${own.map(tellOperation).join('')}</section>`
  })
  const links = document.tags.map(({ name, description }) => `<a href="#${name}">${text(description)}</a>`)
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `<details id="schema-${name}"><summary><code>${name}</code></summary>${json(schema)}</details>`,
  )
  const html = `<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>weapp-auth HTTP API</title>
<style>${style}</style>
</head>
<body>
<header><h1>weapp-auth HTTP API</h1><p>OpenAPI 3.1: <a href="openapi.json">openapi.json</a></p><nav>${links.join('')}</nav></header>
<main>${sections.join('')}<section id="schemas"><h2>数据结构 · Schemas</h2>${schemas.join('')}</section></main>
</body>
</html>
`
  return { html, styleHash: `sha256-${digestOfText(style)}` }
}

function tellOperation({
  path,
  method,
  operation,
}: {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}): string {
  const { operationId, summary, description, responses, requestBody, parameters, security } = operation
  const parts = [
    security === undefined || JSON.stringify(security) === '[]' ? '' : `<p class="who">${text(whoOf(security))}</p>`,
    parameters ? `<h4>参数 · Parameters</h4>${json(parameters)}` : '',
    requestBody ? `<h4>请求 · Request</h4>${json((requestBody as { content: unknown }).content)}` : '',
    `<h4>应答 · Answers</h4>`,
    ...Object.entries(responses).map(([status, response]) => tellResponse(status, response)),
  ]
  return `<details id="${operationId}"><summary><b class="${method.toLowerCase()}">${method}</b> <code>${text(path)}</code> <span>${text(description)} · ${text(summary)}</span></summary>${parts.join('')}</details>`
}

function tellResponse(status: string, response: Readonly<Record<string, unknown>>): string {
  const lines = String(response.description)
    .split('\n')
    .map(line => text(line.replace(/^- /, '')).replace(/`(\w+)`/, '<code>$1</code>'))
  const content = status.startsWith('2') && response.content ? json(response.content) : ''
  return `<dl><dt>${status}</dt><dd>${lines.join('<br>')}${content}</dd></dl>`
}

function whoOf(security: unknown): string {
  if (JSON.stringify(security).includes('operator'))
    return '登录控制台的运营人员，或程序的令牌 · operators who are signed in, or the token of a program'
  return JSON.stringify(security).includes('backend')
    ? '后端 id 与密钥，HTTP Basic · id and secret of a backend, HTTP Basic'
    : '访问令牌，Authorization: Bearer · access token, Authorization: Bearer'
}

function json(value: unknown): string {
  const linked = text(JSON.stringify(value, null, 2)).replace(
    /#\/components\/schemas\/(\w+)/g,
    '<a href="#schema-$1">$1</a>',
  )
  return `<pre>${linked}</pre>`
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

const style = `
:root{color-scheme:light dark;--line:#8884;--ink:light-dark(#1a1d21,#e8eaed);--soft:light-dark(#5c6670,#9aa4ae);--paper:light-dark(#fff,#15181c);--well:light-dark(#f5f7f8,#1d2126);--green:light-dark(#087f4b,#3ccb8a)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem 6rem;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}h4{margin:1rem 0 .25rem;font-size:.85rem;color:var(--soft)}
a{color:var(--green)}nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
details{border-top:1px solid var(--line);padding:.25rem 0}summary{cursor:pointer;padding:.5rem 0;overflow-wrap:anywhere}summary:focus-visible{outline:2px solid var(--green)}
summary b{display:inline-block;min-width:4.5rem;font:600 .8rem ui-monospace,monospace}summary span{color:var(--soft)}
.get{color:var(--green)}.post{color:light-dark(#0a58ca,#6ea8fe)}.delete{color:light-dark(#b02a37,#f1858f)}
code,pre{font:.85rem/1.5 ui-monospace,monospace}pre{overflow:auto;background:var(--well);padding:.75rem;border-radius:.5rem;margin:.25rem 0}
dl{display:grid;grid-template-columns:3rem 1fr;gap:.5rem;margin:.25rem 0}dd{margin:0;min-width:0}.who{color:var(--soft);margin:0}
`
