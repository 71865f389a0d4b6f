import type { ClientFunnel, ClientStep, Sentence } from '@weapp-auth/protocol/contract'

/** One bar: how many came so far, of those that were shown and of those before it; `null` when there were none. */
export interface FunnelRow {
  readonly id: 'shown' | 'tapped' | 'agreed' | 'bound'
  readonly count: number
  readonly ofShown: number | null
  readonly ofBefore: number | null
}

/** From shown to bound. Reports of two hours may overlap, so a share ends at 1. */
export function funnelRows(client: ClientFunnel): readonly FunnelRow[] {
  const ids = ['shown', 'tapped', 'agreed', 'bound'] as const
  return ids.map((id, at) => ({
    id,
    count: client[id],
    ofShown: shareOf(client[id], client.shown),
    ofBefore: shareOf(client[id], client[ids[Math.max(at - 1, 0)] ?? id]),
  }))
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(part / whole, 1)
}

/** A share with one digit; a dash when there is none. */
export const percent = (share: number | null): string => (share === null ? '—' : `${(share * 100).toFixed(1)} %`)

type Cause = Extract<ClientStep, 'declined' | 'notPermitted' | 'quota' | 'privacy' | 'other'>

/** Why there was no number after a tap, and what to do. */
export const declineCauses: Readonly<Record<Cause, { readonly name: Sentence; readonly fix: Sentence }>> = {
  declined: {
    name: { zh: '用户拒绝或关闭了窗口', en: 'The user said no, or closed the sheet' },
    fix: {
      zh: '尊重选择；在按钮旁说明用途，并提供短信验证码等其他方式。',
      en: 'Accept it; say beside the button what the number is for, and offer another way, such as a code by SMS.',
    },
  },
  notPermitted: {
    name: { zh: '小程序没有获取手机号的权限', en: 'The mini program may not ask for numbers' },
    fix: {
      zh: '在公众平台确认主体、认证与接口权限。',
      en: 'Check kind and certification of the account and its permissions in the WeChat console.',
    },
  },
  quota: {
    name: { zh: '微信的额度已用完', en: "WeChat's quota is used up" },
    fix: { zh: '在公众平台的付费管理中购买额度。', en: 'Buy more in the WeChat console.' },
  },
  privacy: {
    name: { zh: '隐私指引未同意、未声明或被封禁', en: 'Privacy guideline not agreed to, not declared, or banned' },
    fix: {
      zh: '让按钮同时征求同意（combined）；在公众平台确认指引已声明手机号。',
      en: 'Let the button ask for the agreement too (combined); check that the guideline declares the number.',
    },
  },
  other: {
    name: { zh: '其他：网络、超时或无法确认的原因', en: 'Other: network, timeout, or nothing that is certain' },
    fix: {
      zh: '把手机上的 errMsg 粘贴到“排查”页查看。',
      en: 'Paste the errMsg of a phone into the page "Trace".',
    },
  },
}

/** Causes that occurred, the most frequent first. */
export function declineRows({ declined }: ClientFunnel): readonly { readonly id: Cause; readonly count: number }[] {
  const ids = Object.keys(declineCauses) as Cause[]
  return ids
    .map(id => ({ id, count: declined[id] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
}
