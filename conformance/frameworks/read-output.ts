import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** The text files of a built mini program by path from its root. */
export function readOutput(folder: string): Readonly<Record<string, string>> {
  const paths = filesIn(folder, /\.(js|json|wxml)$/)
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(folder, path), 'utf8')]))
}

/** Paths from the folder of all files whose path fits. */
export function filesIn(folder: string, fitting: RegExp): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(path => path.split(sep).join('/'))
  return paths.filter(path => fitting.test(path))
}
