/**
 * Client of the WeChat server API.
 *
 * @module
 */
export type { BreakerEvent } from './breaker.ts'
export type { AppCheck, CallCheck } from './check-app.ts'
export type { AuthorizationOutcome, Component, ComponentGrants } from './component.ts'
export { createWechat, type Wechat, type WechatFollower } from './create-wechat.ts'
export type { Fetch } from './fetch-transport.ts'
export { createSealedTokenStore, type SealedToken, type SealedTokenTable } from './sealed-token-store.ts'
export type { Timer } from './timer.ts'
export type { TokenEvent } from './token-event.ts'
export { createMemoryTokenStore, type StoredToken, type TokenStore } from './token-store.ts'
export type { UpstreamEvent } from './upstream-event.ts'
export type { AuthorizerApp, OwnApp, WechatApp, WechatOptions } from './wechat-options.ts'
