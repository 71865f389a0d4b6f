/**
 * What WeChat says.
 *
 * @module
 */
export * from './outcomes.ts'
export * from './wechat-fault.ts'
