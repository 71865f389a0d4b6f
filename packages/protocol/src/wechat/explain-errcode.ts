import { type ErrcodeAction, type ErrcodeRow, errcodes, type Mender } from './errcodes.ts'

/** An errcode in the words of one language. */
export interface ErrcodeExplanation {
  readonly errcode: number
  readonly meaning: string
  readonly fix: string
  readonly who: Mender
  readonly action: ErrcodeAction
}

const unknown: ErrcodeRow = {
  errmsg: '',
  who: 'developer',
  action: 'fix-request',
  meaning: { zh: '未收录的错误码。', en: 'This errcode is not in the table.' },
  fix: {
    zh: '在微信官方文档的通用错误码中查找，或用 rid 调用 getRidInfo 查询。',
    en: 'Look it up in the general errcodes of WeChat, or ask getRidInfo about the rid.',
  },
}

/**
 * Explains an errcode: what it means, what to do and who can. Codes that are not in the table get an answer too.
 *
 * @example
 * explainErrcode(40125, 'en').fix // 'Check the AppSecret in the WeChat console and update the server.'
 */
export function explainErrcode(errcode: number, locale: 'zh' | 'en'): ErrcodeExplanation {
  const rows: Readonly<Record<number, ErrcodeRow>> = errcodes
  const { meaning, fix, who, action } = rows[errcode] ?? unknown
  return { errcode, meaning: meaning[locale], fix: fix[locale], who, action }
}
