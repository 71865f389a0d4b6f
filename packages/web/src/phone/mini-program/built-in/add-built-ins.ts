import type { GeneralComponent } from 'glass-easel'
import type { CodeSpace } from 'glass-easel-miniprogram-adapter'
import { attribute, type BuiltIn, common, type Tell, type Value } from './built-in.ts'
import { button } from './button.ts'
import { checkbox, checkboxGroup, label, radio, radioGroup, wxSwitch } from './choices.ts'
import { form, navigator, progress, scrollView, view, wxText } from './containers.ts'
import { type FindPicture, icon, image } from './picture.ts'
import { input, type NicknameKeyboard, textarea } from './text-fields.ts'

/** What the components need of the phone around them. */
export interface BuiltInTools {
  readonly findPicture: FindPicture
  readonly keyboard: NicknameKeyboard
  readonly go: (openType: string, url: string, delta: number) => void
}

/** Components of WeChat that this phone has not; each shows its name and what stands inside it. */
const missing = [
  ...['ad', 'audio', 'camera', 'canvas', 'cover-image', 'cover-view', 'editor', 'functional-page-navigator'],
  ...['live-player', 'live-pusher', 'map', 'movable-area', 'movable-view', 'official-account', 'open-data'],
  ...['page-container', 'picker', 'picker-view', 'picker-view-column', 'rich-text', 'slider', 'swiper', 'swiper-item'],
  ...['video', 'voip-room', 'web-view'],
] as const

const builtIns = ({ findPicture, keyboard, go }: BuiltInTools): Readonly<Record<string, BuiltIn>> => ({
  view,
  text: wxText,
  'scroll-view': scrollView,
  button,
  image: image(findPicture),
  icon,
  input: input(keyboard),
  textarea,
  form,
  label,
  checkbox,
  'checkbox-group': checkboxGroup,
  radio,
  'radio-group': radioGroup,
  switch: wxSwitch,
  navigator: navigator(go),
  progress,
  ...Object.fromEntries(missing.map(tag => [tag, notThere(tag)])),
})

function notThere(tag: string): BuiltIn {
  const name = attribute('wx-missing')
  return { properties: common, created: element => name(element, tag) }
}

/** Defines WeChat's own components in a code space, for all of its pages. Answers their tags. */
export function addBuiltIns(codeSpace: CodeSpace, tools: BuiltInTools): ReadonlySet<string> {
  const space = codeSpace.getComponentSpace()
  const all = Object.entries(builtIns(tools))
  for (const [tag, { properties, created }] of all) {
    const definition = space.defineComponent({
      is: `built-in/${tag}`,
      // `value` is what WeChat takes when the attribute is absent; without one the type decides.
      properties: Object.fromEntries(Object.entries(properties).map(([name, { show, ...own }]) => [name, own])),
      observers: Object.fromEntries(
        Object.entries(properties).flatMap(([name, { show }]) => (show ? [[name, observer(show)]] : [])),
      ),
      lifetimes: {
        created() {
          const component = this as unknown as GeneralComponent
          const tell: Tell = (event, detail = {}, options = {}) => component.triggerEvent(event, detail, options)
          const element = elementOf(component)
          created?.(element, tell, component)
          for (const { value, show } of Object.values(properties))
            if (value !== undefined) show?.(element, value as Value, component)
        },
      },
    })
    space.setGlobalUsingComponent(tag, definition.general())
  }
  return new Set(all.map(([tag]) => tag))
}

function observer(show: NonNullable<BuiltIn['properties'][string]['show']>) {
  return function (this: GeneralComponent, value: Value) {
    show(elementOf(this), value, this)
  }
}

/** The browser's own element; glass-easel declares the few DOM calls that it makes structurally. */
function elementOf(component: GeneralComponent): HTMLElement {
  return component.getBackendElement() as unknown as HTMLElement
}
