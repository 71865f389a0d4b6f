import type { Consents, PrivacyKind, WechatCloud, WechatUse } from '../types.ts'
import type { AskPerson } from './ask-person.ts'
import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { compareVersions } from './base-library.ts'
import type { WxDevice } from './device.ts'
import { ERRNO, WxFail } from './fail.ts'
import { askCloud } from './login.ts'
import type { Note } from './note.ts'

/** What the listener of `onNeedPrivacyAuthorization` may say, as often as it likes. */
export interface PrivacyAnswer {
  readonly event: 'exposureAuthorization' | 'agree' | 'disagree'
  /** Of the tapped button with `open-type="agreePrivacyAuthorization"`; needed with `agree`. */
  readonly buttonId?: string
}

export type PrivacyListener = (
  resolve: (answer: PrivacyAnswer) => void,
  event: { /** Such as `chooseAvatar` or `button.getPhoneNumber`. */ readonly referrer: string },
) => void

export interface PrivacyApis {
  getPrivacySetting: AsyncApi<object, { readonly needAuthorization: boolean; readonly privacyContractName: string }>
  openPrivacyContract: AsyncApi<object, object>
  requirePrivacyAuthorize: AsyncApi<object, object>
  /** One listener; the last one counts. */
  onNeedPrivacyAuthorization(listener: PrivacyListener): void
}

/** What wants personal data. */
interface PrivacyClaim {
  /** Null asks for the guideline itself. */
  readonly kind: PrivacyKind | null
  readonly referrer: string
  /** Whether the platform's own dialog is one with the dialog of the API; then a refusal is errno 103. */
  readonly coupled: boolean
}

export interface Privacy {
  readonly apis: PrivacyApis
  /** Lets personal data flow, or throws. Pending while the person or the listener thinks. */
  pass(claim: PrivacyClaim): Promise<void>
  /** Whether this kind of data flows without a question. */
  flows(kind: PrivacyKind): Promise<boolean>
  /** The person tapped a button with `agreePrivacyAuthorization`. */
  agreeByButton(id: string): Promise<void>
}

interface PrivacyTools {
  readonly use: WechatUse
  readonly appName: string
  readonly cloud: WechatCloud
  readonly device: WxDevice
  readonly person: AskPerson
  readonly tools: AsyncApiTools
  readonly now: () => number
  readonly note: Note
}

/** 小程序隐私协议开发指南: enforced from this base library on. */
const SINCE = '2.32.3'
const SILENT_AFTER_REFUSAL_MS = 10_000

/** Consent to the privacy guideline (小程序隐私协议开发指南). */
export function createPrivacy(world: PrivacyTools): Privacy {
  const { use, appName, cloud, person, tools, now, note } = world
  const enforced = compareVersions(world.device.sdkVersion, SINCE) >= 0
  const tapped = new Set<string>()
  let listener: PrivacyListener | undefined
  let refusedAt = Number.NEGATIVE_INFINITY
  let dialog: Promise<boolean> | undefined

  const guideline = async () => (await askCloud(cloud.consents(use))).privacy
  const open = ({ required, agreed }: Consents['privacy']) => !required || agreed

  function refused({ referrer, coupled }: PrivacyClaim): WxFail {
    refusedAt = now()
    note({
      what: 'privacy-refused',
      ok: false,
      text: {
        zh: `用户没有同意隐私保护指引，${referrer} 失败`,
        en: `the person did not agree to the privacy guideline: ${referrer} fails`,
      },
      facts: { referrer, coupled },
    })
    return new WxFail(NOT_AGREED, coupled ? ERRNO.denied : ERRNO.privacyNotAgreed)
  }

  async function showDialog({ referrer, coupled }: PrivacyClaim, contractName: string): Promise<boolean> {
    const { decision } = await person.ask({ kind: 'privacy', appName, contractName, referrer, coupled })
    if (decision === 'allow') await askCloud(cloud.agreePrivacy(use))
    return decision === 'allow'
  }

  /** Who comes while the dialog is open shares its answer. */
  async function askByDialog(claim: PrivacyClaim, contractName: string): Promise<void> {
    dialog ??= showDialog(claim, contractName).finally(() => {
      dialog = undefined
    })
    if (!(await dialog)) throw refused(claim)
  }

  function askByListener(claim: PrivacyClaim, tell: PrivacyListener): Promise<void> {
    const { referrer } = claim
    return new Promise((pass, fail) => {
      const answer = ({ event, buttonId = '' }: PrivacyAnswer) => {
        if (event === 'agree' && tapped.has(buttonId)) pass()
        else if (event === 'agree') noteUntapped(note, referrer, buttonId)
        else if (event === 'disagree') fail(refused({ ...claim, coupled: false }))
      }
      tools.deliver(() => tell(answer, { referrer }))
    })
  }

  async function pass(claim: PrivacyClaim): Promise<void> {
    if (!enforced) return
    const privacy = await guideline()
    if (privacy.banned) throw new WxFail('appid privacy api banned', ERRNO.privacyBanned)
    if (claim.kind && privacy.declares && !privacy.declares.includes(claim.kind))
      throw new WxFail('api scope is not declared in the privacy agreement', ERRNO.privacyNotDeclared)
    if (open(privacy)) return
    if (now() - refusedAt < SILENT_AFTER_REFUSAL_MS) throw new WxFail(`${NOT_AGREED} in gap`, ERRNO.privacyNotAgreed)
    await (listener ? askByListener(claim, listener) : askByDialog(claim, privacy.contractName))
  }

  return {
    pass,
    async flows(kind) {
      if (!enforced) return true
      const privacy = await guideline()
      return open(privacy) && !privacy.banned && privacy.declares?.includes(kind) !== false
    },
    async agreeByButton(id) {
      await askCloud(cloud.agreePrivacy(use))
      tapped.add(id)
    },
    apis: {
      getPrivacySetting: asyncApi('getPrivacySetting', tools, async () => {
        const privacy = await guideline()
        return { needAuthorization: !open(privacy), privacyContractName: privacy.contractName }
      }),
      openPrivacyContract: asyncApi('openPrivacyContract', tools, async () => {
        const { contractName } = await guideline()
        await person.ask({ kind: 'privacy-contract', appName, contractName })
        return {}
      }),
      requirePrivacyAuthorize: asyncApi('requirePrivacyAuthorize', tools, async () => {
        await pass({ kind: null, referrer: 'requirePrivacyAuthorize', coupled: false })
        return {}
      }),
      onNeedPrivacyAuthorization(next) {
        listener = next
      },
    },
  }
}

const NOT_AGREED = 'privacy permission is not authorized'

function noteUntapped(note: Note, referrer: string, buttonId: string): void {
  note({
    what: 'privacy-agree-ignored',
    ok: false,
    text: {
      zh: `resolve({ event: 'agree' }) 无效：没有点过 id 为 "${buttonId}" 的同意按钮`,
      en: `resolve({ event: 'agree' }) is ignored: no agree button with the id "${buttonId}" was tapped`,
    },
    facts: { referrer, buttonId },
  })
}
