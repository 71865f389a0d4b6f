import { expect, test } from 'vitest'
import { createRenderer, defineComponent, h, ref } from 'vue'
import { createProfile } from '../profile/create-profile.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch, leaveSession } from '../testing/launch.ts'
import { watchedAuth } from '../testing/watched-auth.ts'
import { type UsePhone, useAuth, usePhone, useProfile } from './vue.ts'

interface Node {
  text: string
  children: Node[]
  parent: Node | null
}

const node = (text = ''): Node => ({ text, children: [], parent: null })

/** Just enough of a screen for Vue to draw on. */
const { createApp } = createRenderer<Node, Node>({
  createElement: () => node(),
  createText: node,
  createComment: () => node(),
  setText: (on, text) => {
    on.text = text
  },
  setElementText: (on, text) => {
    on.text = text
  },
  insert(child, parent) {
    child.parent = parent
    parent.children.push(child)
  },
  remove(child) {
    if (child.parent) child.parent.children = child.parent.children.filter(one => one !== child)
  },
  parentNode: ({ parent }) => parent,
  nextSibling: () => null,
  patchProp() {},
})

const textOf = ({ text, children }: Node): string => text + children.map(textOf).join('')

test('a component shows every step of a tap', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const Page = defineComponent(() => {
    const { user } = useAuth(auth)
    const { label, busy, onGetPhoneNumber, outcome } = usePhone(auth)
    onGetPhoneNumber(phone.agreed())
    return () => h('view', `${label.value.zh} ${busy.value} ${outcome.value?.status} ${user.value?.phone?.number}`)
  })
  const screen = node()
  createApp(Page).mount(screen)
  expect(textOf(screen)).toBe('一键授权手机号 false undefined undefined')
  await settle()
  await settle()
  expect(textOf(screen)).toBe('更换手机号 false bound +8613800138000')
})

test('a component that was closed hears nothing any more', async () => {
  const { auth, watching } = watchedAuth(await launch(createFakePhone()))
  const profile = createProfile({ auth })
  const open = ref(true)
  const Fields = defineComponent(() => {
    const { session } = useAuth(auth)
    const { step } = usePhone(auth, { combined: true })
    const { saving } = useProfile(profile)
    return () => h('view', `${session.value} ${step.value} ${saving.value}`)
  })
  const screen = node()
  const app = createApp(defineComponent(() => () => (open.value ? h(Fields) : h('view', 'closed'))))
  app.mount(screen)
  expect(textOf(screen)).toBe('in offer null')
  expect(watching()).toBe(3)
  open.value = false
  await settle()
  expect(textOf(screen)).toBe('closed')
  expect(watching()).toBe(0)
})

test('mounted, it logs in a session of an earlier launch; closed, it sends nothing again by itself', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  const open = ref(true)
  const buttons: UsePhone[] = []
  const Button = defineComponent(() => {
    const button = usePhone(auth)
    buttons.push(button)
    return () => h('view', button.step.value)
  })
  const screen = node()
  createApp(defineComponent(() => () => (open.value ? h(Button) : h('view', 'closed')))).mount(screen)
  await settle()
  expect(phone.count('login')).toBe(1)
  phone.fates.push('lost-before', 'lost-before', 'lost-before', 'lost-before')
  const tap = buttons[0]?.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(6000)
  expect(textOf(screen)).toBe('retry')
  open.value = false
  await settle()
  await phone.clock.advance(3_600_000)
  expect(await tap).toMatchObject({ status: 'unavailable' })
  expect(phone.count('POST /v1/phone')).toBe(4)
})
