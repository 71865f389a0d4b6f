import { expect, test } from 'vitest'
import { isPlaceholderNickname } from './placeholder-nickname.ts'

test.each(['微信用户', ' 微信用户 ', '微信用戶', 'WeChat User', 'Wechat user', 'wechatuser', '', '\u3000'])(
  '%j says nothing about the user',
  name => expect(isPlaceholderNickname(name)).toBe(true),
)

test.each(['微信用户1', '小明', 'User', 'WeChat', '我是微信用户'])('%j is a name', name =>
  expect(isPlaceholderNickname(name)).toBe(false),
)
