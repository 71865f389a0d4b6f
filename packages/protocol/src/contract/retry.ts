/**
 * What the caller can do with the same intent:
 * - `never`: the request itself is wrong;
 * - `later`: send the same request (same nonce) again after a pause;
 * - `login`: call `wx.login` and log in anew, then repeat; the user need not see it;
 * - `tap`: the user must tap the button again.
 */
export type Retry = 'never' | 'later' | 'login' | 'tap'
