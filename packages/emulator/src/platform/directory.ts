import type { EmulatedApp, EmulatedPerson, EmulatedPhone, WechatUse } from '../types.ts'
import { BASE64URL, type Derive } from './derive.ts'
import { EmulatorRefusal } from './emulator-refusal.ts'
import type { Memory } from './memory.ts'
import type { PlatformOptions } from './read-options.ts'

/** Who exists, and under which openid and unionid. */
export interface Directory {
  apps(): readonly EmulatedApp[]
  people(): readonly EmulatedPerson[]
  findApp(appId: string): EmulatedApp | undefined
  /** @throws EmulatorRefusal `unknown-app` */
  app(appId: string): EmulatedApp
  /** @throws EmulatorRefusal `unknown-person` */
  person(personId: string): EmulatedPerson
  /** Adds the app, or replaces the one with its id. */
  putApp(app: EmulatedApp): void
  /** The app is gone; its tokens with it. */
  removeApp(appId: string): void
  /** Adds the person, or replaces the one with their id. */
  putPerson(person: EmulatedPerson): void
  /** Adds a phone to the person, unless it is there; answers its index. */
  addPhone(personId: string, phone: EmulatedPhone): number
  /** The person's identity in the app; from then on `personOf` knows it. */
  openId(use: WechatUse): string
  /** Null when the app is not bound to an open-platform account. */
  unionId(use: WechatUse): string | null
  /** The person in this plug-in, in the app of `use`: another one wherever one of the three differs (wx.pluginLogin). */
  openPId(use: WechatUse, pluginAppId: string): string
  /** Who an openid of this app is; undefined when this app never saw it. */
  personOf(appId: string, openId: string): string | undefined
  /** Every use so far. */
  uses(): readonly WechatUse[]
}

export function createDirectory(options: PlatformOptions, derive: Derive, memory: Memory): Directory {
  const { apps, people, uses } = memory.part('directory', () => ({
    apps: new Map(options.apps.map(app => [app.appId, app])),
    people: new Map(options.people.map(person => [person.id, person])),
    uses: new Map<string, WechatUse>(),
  }))

  const known = <T>(found: T | undefined, code: 'unknown-app' | 'unknown-person', field: string, id: string): T => {
    if (found !== undefined) return found
    const [zh, en] = code === 'unknown-app' ? ['没有这个小程序', 'no such app'] : ['没有这个用户', 'no such person']
    throw new EmulatorRefusal(code, field, { zh: `"${field}"：${zh}：${id}`, en: `"${field}": ${en}: ${id}` })
  }
  const person = (personId: string) => known(people.get(personId), 'unknown-person', 'personId', personId)

  return {
    apps: () => [...apps.values()],
    people: () => [...people.values()],
    findApp: appId => apps.get(appId),
    app: appId => known(apps.get(appId), 'unknown-app', 'appId', appId),
    person,
    putApp: app => void apps.set(app.appId, app),
    removeApp: appId => void apps.delete(appId),
    putPerson: someone => void people.set(someone.id, someone),
    addPhone(personId, phone) {
      const { phones, ...rest } = person(personId)
      const there = phones.findIndex(one => one.number === phone.number && countryOf(one) === countryOf(phone))
      if (there >= 0) return there
      people.set(personId, { ...rest, phones: [...phones, phone] })
      return phones.length
    },
    openId(use) {
      const openId = openIdOf(derive, use)
      uses.set(`${use.appId} ${openId}`, { appId: use.appId, personId: use.personId })
      return openId
    },
    unionId({ appId, personId }) {
      const account = apps.get(appId)?.openAccount
      if (account === undefined) return null
      return `o${derive.text(`account ${account}`, 5, BASE64URL)}${derive.text(`union ${account} ${personId}`, 22, BASE64URL)}`
    },
    openPId: ({ appId, personId }, pluginAppId) =>
      `G${derive.text(`openpid ${pluginAppId} ${appId} ${personId}`, 27, BASE64URL)}`,
    personOf: (appId, openId) => uses.get(`${appId} ${openId}`)?.personId,
    uses: () => [...uses.values()],
  }
}

/** 28 characters like the real ones: `o`, five of the app, twenty-two of the user. */
function openIdOf(derive: Derive, { appId, personId }: WechatUse): string {
  return `o${derive.text(`app ${appId}`, 5, BASE64URL)}${derive.text(`open ${appId} ${personId}`, 22, BASE64URL)}`
}

/** The country code with its default. */
export function countryOf(phone: EmulatedPhone): string {
  return phone.countryCode ?? '86'
}
