/** What the page of 000 uses of uni-app 2: promises of `[error, answer]`, callbacks where they are given. */
const call = name => options => {
  if (options.success || options.fail || options.complete) return wx[name](options)
  return new Promise(resolve => {
    wx[name]({ ...options, success: answer => resolve([null, answer]), fail: error => resolve([error, null]) })
  })
}

module.exports = { login: call('login'), request: call('request'), checkSession: call('checkSession') }
