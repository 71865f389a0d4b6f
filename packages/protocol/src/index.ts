/**
 * Everything WeChat says and everything weapp-auth says, as pure functions and tables.
 *
 * @module
 */
export * from './contract/index.ts'
export * from './explain.ts'
export * from './wechat/index.ts'
