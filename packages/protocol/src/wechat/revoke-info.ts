/** A kind of data whose authorization a user can take back. */
export interface RevokeInfoRow {
  /** Our word for it. */
  readonly kind: string
  readonly zh: string
  readonly en: string
}

/**
 * What `RevokeInfo` of the push event `user_authorization_revoke` means ("安全指引"): exactly this kind of data is to be
 * deleted, not the account.
 *
 * @example
 * revokeInfo[8].kind // 'phone'
 */
export const revokeInfo = {
  1: { kind: 'plate-number', zh: '车牌号', en: 'plate number' },
  2: { kind: 'address', zh: '地址', en: 'address' },
  3: { kind: 'invoice', zh: '发票信息', en: 'invoice details' },
  4: { kind: 'bluetooth', zh: '蓝牙', en: 'Bluetooth' },
  5: { kind: 'microphone', zh: '麦克风', en: 'microphone' },
  6: { kind: 'profile', zh: '昵称和头像', en: 'nickname and avatar' },
  7: { kind: 'camera', zh: '摄像头', en: 'camera' },
  8: { kind: 'phone', zh: '手机号', en: 'phone number' },
  12: { kind: 'steps', zh: '微信运动步数', en: 'WeRun steps' },
  13: { kind: 'location', zh: '位置信息', en: 'location' },
  14: { kind: 'media', zh: '选中的图片或视频', en: 'picked pictures or videos' },
  15: { kind: 'file', zh: '选中的文件', en: 'picked files' },
  16: { kind: 'email', zh: '邮箱地址', en: 'e-mail address' },
  18: { kind: 'chosen-place', zh: '选择的位置信息', en: 'chosen place' },
  19: { kind: 'nickname', zh: '昵称输入键盘中选择的微信昵称', en: 'nickname chosen on the nickname keyboard' },
  20: { kind: 'avatar', zh: '获取用户头像组件中选择的微信头像', en: 'avatar chosen with the avatar button' },
} as const satisfies Readonly<Record<number, RevokeInfoRow>>
