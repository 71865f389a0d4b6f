import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { compileMiniProgram } from './compile-mini-program.ts'
import type { FolderOptions } from './mini-program-folder.ts'

const scheme = 'mini-program:'

/**
 * Vite plugin: `import { miniProgram } from 'mini-program:native'` is the compiled folder named `native`.
 *
 * @param programs Options by name.
 */
export function miniPrograms(programs: Readonly<Record<string, FolderOptions>>): Plugin {
  return {
    name: 'mini-programs',
    resolveId: id => (id.startsWith(scheme) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${scheme}`)) return undefined
      const name = id.slice(scheme.length + 1)
      const options = programs[name]
      if (!options) throw new Error(`mini program "${name}" is not configured: ${Object.keys(programs).join(', ')}`)
      for (const file of readdirSync(options.root, { recursive: true }))
        this.addWatchFile(join(options.root, `${file}`))
      return compileMiniProgram(options)
    },
  }
}
