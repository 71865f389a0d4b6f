import { readScenario, ScenarioProblem } from './read-scenario.ts'
import type { Scenario } from './scenario.ts'

/** Says how the rest is written; a change that older pages cannot read gets a new one. */
const version = 'v1'

/**
 * The part of a link after `#`: `v1/` and the scenario as base64url of its JSON.
 *
 * @example
 * location.hash = writeScenarioLink(scenario)
 */
export function writeScenarioLink(scenario: Scenario): string {
  const bytes = new TextEncoder().encode(JSON.stringify(scenario))
  const base64 = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
  return `#${version}/${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`
}

/**
 * The scenario of a link; `null` when there is none.
 *
 * @throws ScenarioProblem
 */
export function readScenarioLink(hash: string): Scenario | null {
  if (hash === '' || hash === '#') return null
  const [, written, content = ''] = /^#(\w+)\/(.+)$/.exec(hash) ?? []
  if (written === undefined) throw damaged
  if (written !== version)
    throw new ScenarioProblem({
      zh: `这个链接的版本是 ${written}，本页只认识 ${version}。请更新 weapp-auth 后再打开。`,
      en: `This link has version ${written}, and this page knows ${version} only. Update weapp-auth and open it again.`,
    })
  return readScenario(decode(content))
}

const damaged = new ScenarioProblem({
  zh: '链接不完整，或者在复制时损坏了。请让对方重新复制一次。',
  en: 'The link is incomplete or was damaged on its way. Ask for a new copy.',
})

function decode(base64url: string): unknown {
  try {
    const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, character => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw damaged
  }
}
