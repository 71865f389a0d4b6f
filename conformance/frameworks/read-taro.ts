import type { Screen } from './screen.ts'

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

/** How base.wxml draws a button: its number, and which properties it reads; they change from build to build. */
interface ButtonTemplate {
  readonly number: string
  readonly openType: string
  readonly disabled: string
  readonly bind: Readonly<Record<string, string>>
}

/** Answers what reads a page of Taro: its data is the tree of elements. */
export function taroReader(base: string): (data: object) => Screen {
  const template = buttonTemplate(base)
  return data => {
    const screen: Screen = { texts: [], buttons: [] }
    read((data as { readonly root: TaroNode }).root, template, screen)
    return screen
  }
}

function buttonTemplate(base: string): ButtonTemplate {
  const [, number = '', button = ''] = /<template name="tmpl_0_(\d+)">\s*<button ([^>]*)>/.exec(base) ?? []
  const property = (name: string) => new RegExp(`(?:^|\\s)${name}="\\{\\{i\\.(\\w+)\\}\\}"`).exec(button)?.[1] ?? ''
  const bind = Object.fromEntries(
    [...button.matchAll(/ bind(\w+)="(\w+)"/g)].map(([, type, handler]) => [type, handler]),
  )
  const template = { number, openType: property('open-type'), disabled: property('disabled'), bind }
  if (!number || !template.openType || !template.disabled) throw new Error('base.wxml has no button of the known form')
  return template
}

function read(node: TaroNode, template: ButtonTemplate, screen: Screen): void {
  const { sid, uid, nn, v, cn = [] } = node
  if (typeof v === 'string' && v !== '') screen.texts.push(v)
  const from = screen.texts.length
  for (const child of cn) read(child, template, screen)
  if (nn !== template.number) return
  const openType = node[template.openType]
  screen.buttons.push({
    label: screen.texts.slice(from).join(' '),
    disabled: node[template.disabled] === true,
    ...(typeof openType === 'string' ? { openType } : {}),
    bind: template.bind,
    id: uid ?? sid,
    dataset: { sid },
  })
}
