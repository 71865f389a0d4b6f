import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gallery } from './gallery.ts'
import { ScenarioProblem } from './read-scenario.ts'
import { readScenarioLink, writeScenarioLink } from './scenario-link.ts'

const linkOf = (value: unknown) => `#v1/${Buffer.from(JSON.stringify(value)).toString('base64url')}`
const [first] = gallery

describe('a scenario link', () => {
  it.each(gallery.map(scenario => [scenario.title?.en ?? '', scenario] as const))(
    'brings "%s" back whole',
    (_, scenario) => {
      const link = writeScenarioLink(scenario)
      expect(link).toMatch(/^#v1\/[\w-]+$/)
      expect(link.length).toBeLessThan(2500)
      expect(readScenarioLink(link)).toEqual(scenario)
    },
  )

  it('is not there without a hash', () => {
    expect([readScenarioLink(''), readScenarioLink('#')]).toEqual([null, null])
  })

  it.each([
    ['#nonsense', 'incomplete'],
    ['#v1/%%%', 'incomplete'],
    [`${writeScenarioLink(first as never).slice(0, -9)}`, 'incomplete'],
    ['#v2/abcd', 'version v2'],
    [linkOf([]), '"scenario" in this link must be an object'],
    [linkOf({ ...first, program: 7 }), '"program"'],
    [linkOf({ ...first, network: 'fast' }), '"network" in this link must be one of wifi, slow, no-server, none'],
    [linkOf({ ...first, person: { name: 'x', phones: ['12'] } }), '"person.phones[0]"'],
    [linkOf({ ...first, steps: [{ do: 'explode' }] }), '"steps[0].do"'],
    [linkOf({ ...first, steps: [{ do: 'clock', ms: -1 }] }), '"steps[0].ms"'],
    [linkOf({ ...first, decisions: { __proto__x: 'allow' } }), '"decisions"'],
    [linkOf({ ...first, device: { ...first?.device, sdkVersion: 'new' } }), '"device.sdkVersion"'],
  ])('says what is wrong with %s', (link, message) => {
    expect(() => readScenarioLink(link)).toThrow(ScenarioProblem)
    expect(() => readScenarioLink(link)).toThrow(message)
  })

  it('answers any text with a scenario or a problem', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map(text => linkOf(JSON.parse(text))),
        ),
        hash => {
          try {
            readScenarioLink(hash)
          } catch (error) {
            expect(error).toBeInstanceOf(ScenarioProblem)
          }
        },
      ),
    )
  })
})
