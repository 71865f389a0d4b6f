import { emptyScreen, type Screen } from './screen.ts'

/** An element as Taro sends it to the one template that draws all pages. */
interface TaroNode {
  readonly sid: string
  readonly uid?: string
  /** Number of its template. */
  readonly nn?: string
  /** Text. */
  readonly v?: string
  readonly cn?: readonly TaroNode[]
  readonly [property: string]: unknown
}

/** How base.wxml draws an element: which properties it reads, and its handlers; they change from build to build. */
interface Template {
  readonly tag: string
  property(name: string): string
  readonly bind: Readonly<Record<string, string>>
}

/** Answers what reads a page of Taro: its data is the tree of elements. */
export function taroReader(base: string): (data: object) => Screen {
  const templates = templatesOf(base)
  return data => {
    const screen = emptyScreen()
    read((data as { readonly root: TaroNode }).root, templates, screen)
    return screen
  }
}

/** Templates of buttons, inputs and pictures by number. */
function templatesOf(base: string): ReadonlyMap<string, Template> {
  const found = base.matchAll(/<template name="tmpl_0_(\d+)(?:_blur)?">\s*<(button|input|image) ([^>]*)>/g)
  const templates = new Map(Array.from(found, ([, number = '', tag = '', text = '']) => [number, template(tag, text)]))
  if (![...templates.values()].some(({ tag }) => tag === 'button')) throw new Error('base.wxml has no button')
  return templates
}

function template(tag: string, text: string): Template {
  const bind = Object.fromEntries([...text.matchAll(/ bind(\w+)="(\w+)"/g)].map(([, type, handler]) => [type, handler]))
  const property = (name: string) => new RegExp(`(?:^|\\s)${name}="\\{\\{[^"]*?i\\.(\\w+)`).exec(text)?.[1] ?? ''
  return { tag, property, bind }
}

function read(node: TaroNode, templates: ReadonlyMap<string, Template>, screen: Screen): void {
  const { sid, uid, nn = '', v, cn = [] } = node
  if (typeof v === 'string' && v !== '') screen.texts.push(v)
  const from = screen.texts.length
  for (const child of cn) read(child, templates, screen)
  const found = templates.get(nn)
  if (!found) return
  const value = (name: string) => node[found.property(name)]
  if (found.tag === 'image') {
    screen.pictures.push(String(value('src') ?? ''))
    return
  }
  const source = { bind: found.bind, id: uid ?? sid, dataset: { sid } }
  if (found.tag === 'input') {
    screen.fields.push({ placeholder: String(value('placeholder') ?? ''), ...source })
    return
  }
  const openType = value('open-type')
  screen.buttons.push({
    label: screen.texts.slice(from).join(' '),
    disabled: value('disabled') === true,
    ...(typeof openType === 'string' ? { openType } : {}),
    ...source,
  })
}
