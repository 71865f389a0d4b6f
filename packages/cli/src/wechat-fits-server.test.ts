import type { AccessTokenStore, WechatPlatform } from '@weapp-auth/server'
import type { SealedTokenTable, Wechat } from '@weapp-auth/wechat'
import { expectTypeOf, test } from 'vitest'

test('the client of WeChat is what the server needs', () => {
  expectTypeOf<Wechat>().toExtend<WechatPlatform>()
})

test('the stores of the server are what sealed access tokens need', () => {
  expectTypeOf<AccessTokenStore>().toExtend<SealedTokenTable>()
})
