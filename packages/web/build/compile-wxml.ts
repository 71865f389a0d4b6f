import { TmplGroup } from 'glass-easel-template-compiler'
import type { MiniProgramFolder } from './mini-program-folder.ts'

interface TemplateFinding {
  readonly level: 'Note' | 'Warn' | 'Error' | 'Fatal'
  readonly message: string
  readonly path: string
  readonly startLine: number
  readonly startColumn: number
}

/**
 * Compiles templates, all that they import and include, and their wxs to one JavaScript expression: an object of
 * generators by path. Nothing is evaluated at run time, so a page may forbid `eval`.
 *
 * @param paths Without the `.wxml` ending.
 * @throws when a template is missing or wrong: `pages/index/index.wxml:3:8 missing end tag`.
 */
export function compileWxml(paths: readonly string[], folder: Pick<MiniProgramFolder, 'need'>): string {
  const group = new TmplGroup()
  const templates = new Set(paths)
  const scripts = new Set<string>()
  try {
    // Both sets grow while they are walked.
    for (const path of templates) {
      refuseFindings(group.addTmpl(path, folder.need(`${path}.wxml`)) as TemplateFinding[])
      for (const used of group.getDirectDependencies(path) as string[]) templates.add(used)
      for (const used of group.getScriptDependencies(path) as string[]) scripts.add(used)
    }
    for (const path of scripts) group.addScript(path, folder.need(`${path}.wxs`))
    return group.getTmplGenObjectGroups()
  } finally {
    group.free()
  }
}

function refuseFindings(findings: readonly TemplateFinding[]): void {
  const lines = findings
    .filter(finding => finding.level !== 'Note')
    .map(({ path, startLine, startColumn, message }) => `${path}.wxml:${startLine + 1}:${startColumn + 1} ${message}`)
  if (lines.length > 0) throw new Error(lines.join('\n'))
}
