/// <reference types="vite/client" />

declare module 'mini-program:*' {
  import type { CompiledMiniProgram } from './phone/mini-program/compiled.ts'

  export const miniProgram: CompiledMiniProgram
}
