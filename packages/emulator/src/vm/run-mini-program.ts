import { createContext, Script } from 'node:vm'
import { launchMiniProgram, type MiniProgram } from '../wx/app/launch-mini-program.ts'
import type { ScriptFiles } from '../wx/app/modules.ts'
import type { WxRuntime } from '../wx/runtime.ts'

export interface RunMiniProgramOptions {
  /** All files of the built mini program by path from its root; `app.js` and `app.json` must be there. */
  readonly files: ScriptFiles
  readonly runtime: WxRuntime
  /** Default: the console of this process. */
  readonly console?: object
}

/**
 * Runs a built mini program (native, uni-app or Taro output) in a Node vm whose globals are those of the logic layer and
 * nothing else: no window, no document, no process, no fetch. Text cannot become code (`eval`, `new Function`), except
 * for `Function('return this')`, as in WeChat. `Date` and timers follow the emulator's clock.
 *
 * The vm keeps honest programs from using what phones do not have. It is not a wall against hostile ones.
 *
 * @example
 * const program = runMiniProgram({ files, runtime: emulator.wx('lin', appId) })
 * await program.tapPhoneButton('onPhone')
 */
export function runMiniProgram(options: RunMiniProgramOptions): MiniProgram {
  const { files, runtime } = options
  const { setTimeout, clearTimeout, setInterval, clearInterval } = runtime.timers
  return launchMiniProgram({
    files,
    runtime,
    host(globals) {
      const context = createContext(
        {
          ...globals,
          wx: runtime.wx,
          ...(runtime.promise === Promise ? {} : { Promise: runtime.promise }),
          global: {},
          console: options.console ?? globalThis.console,
          setTimeout,
          clearTimeout,
          setInterval,
          clearInterval,
        },
        { codeGeneration: { strings: false, wasm: false } },
      )
      const prepare = new Script(PREPARE).runInContext(context)
      prepare(runtime.now)
      return (path, source) => {
        const script = new Script(`(function (require, module, exports) {${source}\n})`, { filename: path })
        return script.runInContext(context)
      }
    },
  })
}

/**
 * Two changes to the language itself. WeChat forbids code from text, but knows this one phrase, which many libraries use
 * to find the global object. And `Date` tells the time of the phone, which the emulator's clock moves.
 */
const PREPARE = `(now => {
  const world = globalThis
  const allowed = args => args.length === 1 && args[0] === 'return this'
  Function = new Proxy(Function, {
    apply: (target, self, args) => (allowed(args) ? () => world : Reflect.apply(target, self, args)),
    construct: (target, args, self) => (allowed(args) ? () => world : Reflect.construct(target, args, self)),
  })
  Date.now = () => now()
  Date = new Proxy(Date, {
    apply: target => new target(now()).toString(),
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  })
  Date.prototype.constructor = Date
})`
