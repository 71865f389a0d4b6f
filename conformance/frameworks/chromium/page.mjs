/**
 * The page that a mini program runs on in Chromium: the host of the phone simulator, without a phone around it. What the
 * person decides and how late it is comes from the test, through the functions that it lends to this page.
 */
import { createHttpCloud, createWxRuntime, launchMiniProgram } from '@weapp-auth/web/host'

/** Compiled by the test. */
const program = '/mini-program.js'

/** @param {{ app: object, personId: string, device: object, now: number }} options */
async function open({ app, personId, device, now }) {
  const { miniProgram } = await import(program)
  const clock = createClock(now)
  const container = document.querySelector('main')
  const runtime = createWxRuntime({
    app,
    personId,
    device,
    cloud: createHttpCloud({ baseUrl: '', fetch: request => flight(fetch(request)) }),
    network: request => flight(network(request)),
    decide: async () => {
      deciding += 1
      return globalThis.decide().finally(() => {
        deciding -= 1
      })
    },
    decideDialog: async dialog => (await flight(globalThis.decideDialog(dialog))) ?? undefined,
    storage,
    readFile: async path => new Blob([new Uint8Array(Number.parseInt(path.slice('wxfile://'.length), 10))]),
    timers: clock,
    now: clock.now,
  })
  const failed = error => globalThis.tellFailure(String(error?.stack ?? error))
  const host = launchMiniProgram({ program: miniProgram, runtime, container, failed })
  return { runtime, host, clock }
}

/** What is on its way to WeChat and to the server, dialogs that are answered at once, and sheets that wait for the person. */
let flying = 0
let deciding = 0

function flight(answer) {
  flying += 1
  return answer.finally(() => {
    flying -= 1
  })
}

/** Playwright shows bytes of a request, but no form with files in it. */
async function network(request) {
  const { url, method, headers, signal } = request
  const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer()
  return fetch(url, { method, headers, body, signal })
}

const storage = {
  get: key => localStorage.getItem(key) ?? undefined,
  set: (key, value) => localStorage.setItem(key, value),
  delete: key => localStorage.removeItem(key),
  keys: () => Object.keys(localStorage),
}

/** Time stands still until the test moves it; what is due at once still runs, in a task of its own. */
function createClock(start) {
  const waiting = new Set()
  let now = start
  const fire = timer => waiting.delete(timer) && timer.run()
  return {
    now: () => now,
    after(ms, run) {
      const timer = { due: now + Math.max(0, ms), run }
      waiting.add(timer)
      if (timer.due === now) setTimeout(() => fire(timer))
      return () => waiting.delete(timer)
    },
    moveTo(time) {
      now = time
      const due = [...waiting].filter(timer => timer.due <= now).sort((a, b) => a.due - b.due)
      for (const timer of due) fire(timer)
    },
  }
}

/** The page on top as a person sees it. */
function look() {
  const shadow = [...document.querySelectorAll('.page-layer')].at(-1).shadowRoot
  const buttons = [...shadow.querySelectorAll('button')].map(button => ({
    label: button.textContent.trim(),
    disabled: button.disabled,
    openType: button.getAttribute('wx-open-type'),
  }))
  const pictures = [...shadow.querySelectorAll('image img')].map(({ dataset }) => dataset.src)
  return { texts: textsOf(shadow), pictures, buttons }
}

function textsOf(shadow) {
  const texts = []
  const walker = document.createTreeWalker(shadow, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const shown = node.parentElement?.checkVisibility() && !node.parentElement.closest('style')
    if (shown && node.data.trim()) texts.push(node.data.trim())
  }
  return texts
}

/** Some tasks, as frameworks render in tasks of their own, until nothing is on its way. */
async function rest(untilDecided) {
  const busy = () => flying > 0 || (untilDecided && deciding > 0)
  for (let quiet = 0, turns = 0; quiet < 12; quiet = busy() ? 0 : quiet + 1) {
    await new Promise(resolve => setTimeout(resolve))
    if (++turns > 2000) throw new Error(`it does not come to rest: ${flying} requests, ${deciding} sheets`)
  }
}

let phone
globalThis.phone = {
  open: async options => {
    phone = await open(options)
  },
  look,
  rest,
  moveTo: now => phone.clock.moveTo(now),
  leave: () => phone.runtime.hide(),
  enter: () => phone.runtime.show(),
  back: () => phone.host.back(),
}
