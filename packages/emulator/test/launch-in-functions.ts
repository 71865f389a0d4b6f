import type { MiniProgram } from '../src/index.ts'
import { launchMiniProgram, type ScriptFiles, type WxRuntime } from '../src/wx/index.ts'

/** As a page loads a mini program: each script is a function, and the globals of the logic layer its parameters. */
export function launchInFunctions(files: ScriptFiles, runtime: WxRuntime): MiniProgram {
  const { wx, promise, timers } = runtime
  return launchMiniProgram({
    files,
    runtime,
    host(globals) {
      const known = { wx, Promise: promise, ...timers, ...globals }
      return (_, source) => (require, module, exports) =>
        new Function('require', 'module', 'exports', ...Object.keys(known), source)(
          require,
          module,
          exports,
          ...Object.values(known),
        )
    },
  })
}
