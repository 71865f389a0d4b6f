import { expect, test } from 'vitest'
import { deviceOf } from './device.ts'

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

test.each([
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${webkit} Mobile/15E148 MicroMessenger/8.0.56`, 'ios'],
  ['Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0 MicroMessenger/8.0.49 MiniProgramEnv/android', 'android'],
  ['Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1.6.1 Mobile MicroMessenger/1.0.5', 'harmony'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) MicroMessenger/7.0.20 MiniProgramEnv/Windows WindowsWechat', 'windows'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} MicroMessenger/6.8.0 MiniProgramEnv/Mac`, 'mac'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} wechatdevtools/1.06.2 MicroMessenger/8.0.5`, 'devtools'],
  ['node', 'unknown'],
  ['', 'unknown'],
  [null, 'unknown'],
] as const)('reads %s as %s', (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device)
})
