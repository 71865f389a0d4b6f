/** Negative when base library version `a` is older than `b`, as the official compareVersion sample does it. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Base library that an API appeared in (its reference page); what is not listed was always there. */
const SINCE: Readonly<Record<string, string>> = {
  nextTick: '2.2.3',
  authorize: '1.2.0',
  getSetting: '1.2.0',
  openSetting: '1.1.0',
  getUserProfile: '2.10.4',
  getUserCryptoManager: '2.17.3',
  getPrivacySetting: '2.32.3',
  openPrivacyContract: '2.32.3',
  requirePrivacyAuthorize: '2.32.3',
  onNeedPrivacyAuthorization: '2.32.3',
  onNetworkStatusChange: '1.1.0',
  offNetworkStatusChange: '2.9.3',
  getAccountInfoSync: '2.2.2',
  getLaunchOptionsSync: '2.1.2',
  getEnterOptionsSync: '2.9.4',
  onAppShow: '2.1.2',
  offAppShow: '2.1.2',
  onAppHide: '2.1.2',
  offAppHide: '2.1.2',
  getRandomValues: '2.15.0',
  getSystemInfoAsync: '2.14.1',
  getAppBaseInfo: '2.20.1',
  getDeviceInfo: '2.20.1',
  getWindowInfo: '2.20.1',
  getSystemSetting: '2.20.1',
  getAppAuthorizeSetting: '2.20.1',
}

/** Removes what this base library does not have yet. */
export function withoutNewer<T extends object>(wx: T, sdkVersion: string): T {
  for (const [name, since] of Object.entries(SINCE))
    if (compareVersions(sdkVersion, since) < 0) delete (wx as Record<string, unknown>)[name]
  return wx
}
