/**
 * The `Date` of the mini program: the phone and WeChat's servers live at the same time, also after the clock of the
 * emulator was moved.
 *
 * @param now Milliseconds since 1970.
 */
export function createPhoneDate(now: () => number): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: target => new target(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  })
}
