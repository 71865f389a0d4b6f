import type {
  Consents,
  LatestUserKey,
  PhoneEventDetail,
  PhoneSheetOpening,
  UserInfoPayload,
  WechatCloud,
} from '../types.ts'

/** WeChat's servers, reached over HTTP. */
export interface HttpCloudOptions {
  /** Where the emulator listens, without a slash at the end; empty for the origin of the page. */
  readonly baseUrl: string
  /** Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/**
 * The port of the runtime over `/_emulator/wx/…`.
 *
 * @example
 * const cloud = createHttpCloud({ baseUrl: 'http://127.0.0.1:8788' })
 */
export function createHttpCloud(options: HttpCloudOptions): WechatCloud {
  const { baseUrl, fetch = request => globalThis.fetch(request) } = options

  async function post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const message = new Request(`${baseUrl}/_emulator/wx/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    const response = await fetch(message)
    const answer = (await response.json()) as { readonly error?: { readonly en: string; readonly wxErrno?: number } }
    if (!response.ok) {
      const { en = `the emulator answered ${response.status}`, wxErrno } = answer.error ?? {}
      throw Object.assign(new Error(en), wxErrno === undefined ? {} : { wxErrno })
    }
    return answer as T
  }
  return {
    login: use => post<{ code: string }>('login', use),
    checkSession: use => post<{ valid: boolean }>('check-session', use),
    openPhoneSheet: (use, component) => post<PhoneSheetOpening>('phone-sheet/open', { ...use, component }),
    closePhoneSheet: (use, decision, openedAt) =>
      post<PhoneEventDetail>('phone-sheet/close', { ...use, decision, openedAt }),
    consents: use => post<Consents>('consents', use),
    setScopes: async (use, scopes) => void (await post('scopes', { ...use, scopes })),
    agreePrivacy: async use => void (await post('privacy/agree', use)),
    userInfo: (use, question) => post<UserInfoPayload>('user-info', { ...use, question }),
    latestUserKey: use => post<LatestUserKey>('user-key', use),
    remove: async (use, how) => void (await post('remove', { ...use, how })),
    note: async (use, entry) => void (await post('note', { ...use, entry })),
  }
}
