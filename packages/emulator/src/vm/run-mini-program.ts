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
  /** Milliseconds, for `timeStamp` of events. Default: the system clock. */
  readonly now?: () => number
}

/**
 * Runs a built mini program (native, uni-app or Taro output) in a Node vm whose globals are those of the logic layer and
 * nothing else: no window, no document, no process, no fetch. Text cannot become code (`eval`, `new Function`), except
 * for `Function('return this')`, as in WeChat.
 *
 * The vm keeps honest programs from using what phones do not have. It is not a wall against hostile ones.
 *
 * @example
 * const program = runMiniProgram({ files, runtime: emulator.wx('lin', appId) })
 * await program.tapPhoneButton('onPhone')
 */
export function runMiniProgram(options: RunMiniProgramOptions): MiniProgram {
  const { files, runtime, now = Date.now } = options
  const { setTimeout, clearTimeout, setInterval, clearInterval } = runtime.timers
  return launchMiniProgram({
    files,
    runtime,
    now,
    host(globals) {
      const context = createContext(
        {
          ...globals,
          wx: runtime.wx,
          global: {},
          console: options.console ?? globalThis.console,
          setTimeout,
          clearTimeout,
          setInterval,
          clearInterval,
        },
        { codeGeneration: { strings: false, wasm: false } },
      )
      new Script(RETURN_THIS).runInContext(context)
      return (path, source) => {
        const script = new Script(`(function (require, module, exports) {${source}\n})`, { filename: path })
        return script.runInContext(context)
      }
    },
  })
}

/** WeChat forbids code from text, but knows this one phrase, which many libraries use to find the global object. */
const RETURN_THIS = `{
  const world = globalThis
  const allowed = args => args.length === 1 && args[0] === 'return this'
  Function = new Proxy(Function, {
    apply: (target, self, args) => (allowed(args) ? () => world : Reflect.apply(target, self, args)),
    construct: (target, args, self) => (allowed(args) ? () => world : Reflect.construct(target, args, self)),
  })
}`
