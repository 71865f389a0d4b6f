import type { GeneralComponent } from 'glass-easel'
import { amount, attribute, type BuiltIn, common, flag, text } from './built-in.ts'

/** Finds a picture by its `src`, as an address that the browser may load; `from` is the file that names it. */
export type FindPicture = (src: string, from: string) => string | Promise<string>

export const image = (find: FindPicture): BuiltIn => ({
  properties: {
    ...common,
    src: text((element, value, component) => void show(element, String(value), component, find)),
    mode: text(attribute('wx-mode')),
    alt: text((element, value) => {
      pictureIn(element).alt = String(value)
    }),
    lazyLoad: flag(),
    showMenuByLongpress: flag(),
  },
  created: (element, tell) => {
    const picture = document.createElement('img')
    picture.alt = ''
    picture.addEventListener('load', () => tell('load', { width: picture.naturalWidth, height: picture.naturalHeight }))
    picture.addEventListener('error', () => tell('error', { errMsg: 'image:fail' }))
    element.append(picture)
  },
})

const pictureIn = (element: HTMLElement) => element.firstElementChild as HTMLImageElement

async function show(element: HTMLElement, src: string, component: GeneralComponent, find: FindPicture): Promise<void> {
  const picture = pictureIn(element)
  picture.dataset.src = src
  const owner = component.ownerShadowRoot?.getHostNode() as GeneralComponent | undefined
  const address = src === '' ? '' : await find(src, owner?.is ?? '')
  // Another picture may have been asked for meanwhile.
  if (picture.dataset.src !== src) return
  if (address === '') picture.removeAttribute('src')
  else picture.src = address
}

/** `<icon>`: the shapes are drawn by the sheet of the host. */
export const icon: BuiltIn = {
  properties: {
    ...common,
    type: text(attribute('wx-type')),
    size: amount((element, value) => {
      element.style.fontSize = `${Number(value)}px`
    }, 23),
    color: text((element, value) => {
      element.style.color = String(value)
    }),
  },
  created: element => element.setAttribute('aria-hidden', 'true'),
}
