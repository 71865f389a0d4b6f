import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** The programs of a page of the documentation: every block whose first line is a comment with a file name. */
export function programsOf(page: string): readonly { readonly name: string; readonly code: string }[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', page), 'utf8')
  const named = /```\w+\n((?:<\?php\n\n)?(?:\/\/|#) (\S+)\n[\s\S]*?)```/g
  return [...text.matchAll(named)].map(([, code = '', name = '']) => ({ name, code }))
}

/** Writes them into a folder of their own, below the packages they import; it is removed after the tests. */
export function writePrograms(page: string): string {
  const folder = mkdtempSync(join(import.meta.dirname, '.programs-'))
  for (const { name, code } of programsOf(page)) writeFileSync(join(folder, name), code)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
