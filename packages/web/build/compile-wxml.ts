import { TmplGroup } from 'glass-easel-template-compiler'

interface TemplateFinding {
  readonly level: 'Note' | 'Warn' | 'Error' | 'Fatal'
  readonly message: string
  readonly path: string
  readonly startLine: number
  readonly startColumn: number
}

/**
 * Compiles the templates of a mini program to one JavaScript expression: an object of generators by path.
 * Nothing is evaluated at run time, so a page may forbid `eval`.
 *
 * @param templates WXML by path, without the `.wxml` ending.
 * @throws when a template is wrong: `pages/index/index.wxml:3:8 missing end tag`.
 */
export function compileWxml(templates: ReadonlyMap<string, string>): string {
  const group = new TmplGroup()
  try {
    for (const [path, source] of templates) refuseFindings(group.addTmpl(path, source) as TemplateFinding[])
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
