import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** The text files of a built mini program by path from its root. */
export function readOutput(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path =>
    /\.(js|json|wxml)$/.test(path),
  )
  return Object.fromEntries(paths.map(path => [path.split(sep).join('/'), readFileSync(join(folder, path), 'utf8')]))
}
