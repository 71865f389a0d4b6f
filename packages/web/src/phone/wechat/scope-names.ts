import type { Sentence } from '@weapp-auth/protocol/contract'

const names: Readonly<Record<string, Sentence>> = {
  'scope.userInfo': { zh: '用户信息', en: 'User information' },
  'scope.userLocation': { zh: '你的位置信息', en: 'Your location' },
  'scope.userFuzzyLocation': { zh: '你的大致位置', en: 'Your rough location' },
  'scope.userLocationBackground': { zh: '后台位置', en: 'Location in the background' },
  'scope.record': { zh: '麦克风', en: 'The microphone' },
  'scope.camera': { zh: '摄像头', en: 'The camera' },
  'scope.bluetooth': { zh: '蓝牙', en: 'Bluetooth' },
  'scope.writePhotosAlbum': { zh: '保存图片到相册', en: 'Saving pictures to the album' },
  'scope.addPhoneContact': { zh: '添加到联系人', en: 'Adding to the contacts' },
  'scope.addPhoneCalendar': { zh: '添加到日历', en: 'Adding to the calendar' },
  'scope.werun': { zh: '微信运动步数', en: 'Steps of WeRun' },
}

/** What a scope of `wx.authorize` means; one that is new is shown as it is written. */
export function scopeNames(scope: string): Sentence {
  return names[scope] ?? { zh: scope, en: scope }
}
