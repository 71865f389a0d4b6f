import type { MiniProgram, MountedComponent } from '@weapp-auth/emulator'
import { emptyScreen, type Screen } from './screen.ts'

interface Element {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (Element | string)[]
}

type Data = Readonly<Record<string, unknown>>

/** A component where a template has placed it; its handlers and properties are those of the last look. */
interface Placed {
  readonly component: MountedComponent
  readonly bind: Record<string, string>
  properties: Data
}

/** The components of one page by where they stand. */
type Places = Map<string, Placed>

/** Whose template is shown, and where it goes. */
interface Scope {
  readonly program: MiniProgram
  readonly path: string
  readonly component?: MountedComponent
  readonly screen: Screen
  readonly places: Places
  readonly seen: Set<string>
  /** What stands inside the tag of the component. */
  readonly slot: (screen: Screen) => void
}

/**
 * Answers what the page on top shows: texts, pictures, buttons and fields with their handlers. It knows elements, `{{}}`,
 * `wx:if/elif/else`, `wx:for`, components with their properties, events and one slot: all that the examples use. Anything
 * else is refused, so that nothing is overlooked. Components are attached when they are first seen, and detached when
 * they are gone, so it must look whenever something may have changed.
 */
export function wxmlReader(files: Readonly<Record<string, string>>): (program: MiniProgram) => Screen {
  const worlds = new WeakMap<MiniProgram, Map<object, Places>>()
  const templates = new Map<string, Element['children']>()

  function templateOf(path: string): Element['children'] {
    const template = templates.get(path) ?? parse(files[`${path}.wxml`] ?? '')
    templates.set(path, template)
    return template
  }

  function placesOf(program: MiniProgram): Places {
    const pages = worlds.get(program) ?? new Map<object, Places>()
    worlds.set(program, pages)
    for (const [page, places] of pages) if (!program.pages.some(open => open === page)) takeAway(places, new Set())
    const places = pages.get(program.page) ?? new Map<string, Placed>()
    pages.set(program.page, places)
    return places
  }

  function show(children: Element['children'], data: Data, scope: Scope, key: string): void {
    let taken = false
    for (const [at, child] of children.entries()) {
      if (typeof child === 'string') {
        const text = String(fill(child, data)).trim()
        if (text) scope.screen.texts.push(text)
        continue
      }
      const { 'wx:if': first, 'wx:elif': next } = child.attributes
      const condition = first ?? next
      const chained = next !== undefined || 'wx:else' in child.attributes
      const shown: boolean = !(chained && taken) && (condition === undefined || Boolean(fill(condition, data)))
      taken = chained ? taken || shown : shown
      if (!shown) continue
      for (const [turn, each] of eachOf(child.attributes, data).entries())
        showElement(child, each, scope, `${key}.${at}-${turn}`)
    }
  }

  function showElement({ tag, attributes, children }: Element, data: Data, scope: Scope, key: string): void {
    const value = (name: string) => fill(attributes[name] ?? '', data)
    const bound = Object.keys(attributes).filter(name => name.startsWith('bind'))
    const bind = Object.fromEntries(bound.map(name => [name.replace(/^bind:?/, ''), String(value(name))]))
    const given = Object.keys(attributes).filter(name => name.startsWith('data-'))
    const dataset = Object.fromEntries(given.map(name => [camelCase(name.slice('data-'.length)), value(name)]))
    const source = {
      bind,
      id: String(value('id') ?? ''),
      dataset,
      ...(scope.component && { component: scope.component }),
    }
    const path = scope.program.components(scope.path)[tag]
    if (path !== undefined) {
      const names = Object.keys(attributes).filter(name => !/^(bind|data-|wx:|id$|class$|style$|slot$)/.test(name))
      const properties = Object.fromEntries(names.map(name => [camelCase(name), value(name)]))
      const { component } = place(path, properties, source, scope, key)
      const slot = (screen: Screen) => show(children, data, { ...scope, screen }, `${key}/`)
      show(templateOf(path), component.instance.data, { ...scope, path, component, slot }, `${key}:`)
    } else if (tag === 'slot') scope.slot(scope.screen)
    else showBuiltIn(tag, value, source, screen => show(children, data, { ...scope, screen }, key), scope.screen)
  }

  return program => {
    const { page } = program
    const [path, places, seen] = [String(page.route), placesOf(program), new Set<string>()]
    const screen = emptyScreen()
    show(templateOf(path), Object(page.data), { program, path, screen, places, seen, slot() {} }, '')
    takeAway(places, seen)
    return screen
  }
}

interface Source {
  readonly bind: Record<string, string>
  readonly id: string
  readonly dataset: Data
  readonly component?: MountedComponent
}

/** An element of WeChat's: what stands inside comes before itself. */
function showBuiltIn(
  tag: string,
  value: (attribute: string) => unknown,
  source: Source,
  showInside: (screen: Screen) => void,
  { texts, pictures, buttons, fields }: Screen,
): void {
  const inside = emptyScreen()
  showInside(inside)
  texts.push(...inside.texts)
  pictures.push(...inside.pictures)
  buttons.push(...inside.buttons)
  fields.push(...inside.fields)
  if (tag === 'image') pictures.push(String(value('src')))
  if (tag === 'input') fields.push({ placeholder: String(value('placeholder')), ...source })
  if (tag !== 'button') return
  const openType = value('open-type')
  buttons.push({
    label: inside.texts.join(' '),
    disabled: Boolean(value('disabled')),
    ...(typeof openType === 'string' && openType !== '' ? { openType } : {}),
    ...source,
  })
}

function place(
  path: string,
  properties: Data,
  { bind, ...source }: Source,
  { program, places, seen }: Scope,
  key: string,
): Placed {
  seen.add(key)
  const there = places.get(key)
  if (!there) {
    const placed = { component: program.mount(path, { properties, bind, ...source }), bind, properties }
    places.set(key, placed)
    return placed
  }
  Object.assign(there.bind, bind)
  const changed = Object.entries(properties).filter(([name, value]) => there.properties[name] !== value)
  there.properties = properties
  if (changed.length > 0) (there.component.instance.setData as (data: Data) => void)(Object.fromEntries(changed))
  return there
}

/** Detaches what is not seen any more. */
function takeAway(places: Places, seen: ReadonlySet<string>): void {
  for (const [key, { component }] of places) {
    if (seen.has(key)) continue
    places.delete(key)
    component.unmount()
  }
}

/** The data of each turn of `wx:for`; without one, of the only turn. */
function eachOf(attributes: Element['attributes'], data: Data): readonly Data[] {
  const { 'wx:for': list, 'wx:for-item': name = 'item', 'wx:for-index': at = 'index' } = attributes
  if (list === undefined) return [data]
  const items = fill(list, data)
  return (Array.isArray(items) ? items : []).map((item, index) => ({ ...data, [name]: item, [at]: index }))
}

/** `data-user-id` is `dataset.userId`. */
function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Text with `{{}}` in it; a lone expression keeps its type. */
function fill(text: string, data: Data): unknown {
  const lone = /^\{\{((?:(?!\}\})[\s\S])*)\}\}$/.exec(text)
  if (lone?.[1] !== undefined) return evaluate(lone[1], data)
  return text.replace(/\{\{([\s\S]*?)\}\}/g, (_, expression: string) => String(evaluate(expression, data) ?? ''))
}

/** Fields of nothing are undefined, as in WeChat's templates. */
function evaluate(expression: string, data: Data): unknown {
  try {
    return calculate(expression, data)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function calculate(expression: string, data: Data): unknown {
  return new Function('data', `with (data) return (${expression})`)(
    new Proxy(data, { has: (_, name) => typeof name === 'string', get: (from, name) => Reflect.get(from, name) }),
  )
}

function parse(template: string): Element['children'] {
  const open: Element[] = [{ tag: '', attributes: {}, children: [] }]
  const token = /<!--[\s\S]*?-->|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>|[^<]+/g
  let end = 0
  for (const [text, closed, tag, attributes = '', alone] of template.matchAll(token)) {
    end += text.length
    const parent = open.at(-1)
    if (closed !== undefined) {
      if (open.pop()?.tag !== closed) throw new Error(`</${closed}> closes nothing`)
    } else if (tag !== undefined) {
      const element = { tag, attributes: attributesOf(tag, attributes), children: [] }
      parent?.children.push(element)
      if (!alone) open.push(element)
    } else if (!text.startsWith('<!--')) parent?.children.push(text)
  }
  if (end !== template.length || open.length !== 1) throw new Error('the template cannot be read')
  return open[0]?.children ?? []
}

function attributesOf(tag: string, text: string): Record<string, string> {
  const found = [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '{{true}}']) => [
    name,
    value,
  ])
  const unknown = found.find(([name = '']) => /^(wx:(?!if|elif|else|for|key)|catch|mut-bind|capture)/.test(name))
  if (unknown) throw new Error(`<${tag} ${unknown[0]}> is not known here`)
  return Object.fromEntries(found)
}
