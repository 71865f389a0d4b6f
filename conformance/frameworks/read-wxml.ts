import { emptyScreen, type Screen } from './screen.ts'

interface Element {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (Element | string)[]
}

type Data = Readonly<Record<string, unknown>>

/**
 * What a template shows for the data of its page: texts, buttons and fields with their handlers. It knows elements,
 * `{{}}`, `wx:if/elif/else` and `wx:for`, all that the pages of the examples use; anything else is refused, so that
 * nothing is overlooked.
 */
export function readWxml(template: string, data: Data): Screen {
  const screen = emptyScreen()
  show(parse(template), data, screen)
  return screen
}

function show(children: Element['children'], data: Data, screen: Screen): void {
  let taken = false
  for (const child of children) {
    if (typeof child === 'string') {
      const text = String(fill(child, data)).trim()
      if (text) screen.texts.push(text)
      continue
    }
    const { 'wx:if': first, 'wx:elif': next } = child.attributes
    const condition = first ?? next
    const chained = next !== undefined || 'wx:else' in child.attributes
    const shown: boolean = !(chained && taken) && (condition === undefined || Boolean(fill(condition, data)))
    taken = chained ? taken || shown : shown
    if (shown) for (const each of eachOf(child.attributes, data)) showElement(child, each, screen)
  }
}

/** The data of each turn of `wx:for`; without one, of the only turn. */
function eachOf(attributes: Element['attributes'], data: Data): readonly Data[] {
  const { 'wx:for': list, 'wx:for-item': name = 'item', 'wx:for-index': at = 'index' } = attributes
  if (list === undefined) return [data]
  const items = fill(list, data)
  return (Array.isArray(items) ? items : []).map((item, index) => ({ ...data, [name]: item, [at]: index }))
}

function showElement({ tag, attributes, children }: Element, data: Data, screen: Screen): void {
  const inside = emptyScreen()
  show(children, data, inside)
  screen.texts.push(...inside.texts)
  screen.buttons.push(...inside.buttons)
  screen.fields.push(...inside.fields)
  const value = (name: string) => fill(attributes[name] ?? '', data)
  const bound = Object.keys(attributes).filter(name => name.startsWith('bind'))
  const bind = Object.fromEntries(bound.map(name => [name.slice('bind'.length), String(value(name))]))
  const given = Object.keys(attributes).filter(name => name.startsWith('data-'))
  const dataset = Object.fromEntries(given.map(name => [camelCase(name.slice('data-'.length)), value(name)]))
  const source = { bind, id: String(value('id') ?? ''), dataset }
  if (tag === 'input') screen.fields.push({ placeholder: String(value('placeholder')), ...source })
  if (tag !== 'button') return
  const openType = value('open-type')
  screen.buttons.push({
    label: inside.texts.join(' '),
    disabled: Boolean(value('disabled')),
    ...(typeof openType === 'string' && openType !== '' ? { openType } : {}),
    ...source,
  })
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
  const found = [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, value])
  const unknown = found.find(([name = '']) => /^(wx:(?!if|elif|else|for|key)|catch|mut-bind|capture|bind:)/.test(name))
  if (unknown) throw new Error(`<${tag} ${unknown[0]}> is not known here`)
  return Object.fromEntries(found)
}
