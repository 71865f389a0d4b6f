import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { differences, reportOf } from './api-report.mjs'

const folders = []
const patience = 120_000

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The report of a package of two entry points with these declarations in place of the usual ones. */
function report(changed = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-api-'))
  folders.push(folder)
  const entry = path => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` })
  const files = {
    'package.json': JSON.stringify({
      name: 'tea',
      type: 'module',
      exports: { '.': entry('index'), './pot': entry('pot'), './style.css': './style.css' },
    }),
    'dist/index.d.ts': `export { type Cup, brew as brewTea } from './brew.js'\nexport declare const sizes: 'b' | 'a'\n`,
    'dist/brew.d.ts': `import type { Heat } from './heat.js'
      export interface Cup { readonly full: boolean }
      export declare function brew(heat: Heat): Cup
      export declare function unseen(): void`,
    'dist/heat.d.ts': `export interface Heat { readonly degrees: number }`,
    'dist/pot.d.ts': `export type { Cup } from './brew.js'
      export declare class Pot { pour(): void }
      export declare const note: { readonly zh: "水开了。"; readonly code: "boils" }`,
    ...changed,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return reportOf(folder)
}

describe('the report of a package', () => {
  test(
    'tells what each entry point exports, under the names of its user, and what that leans on',
    () => {
      expect(report()).toBe(`# tea

## tea

\`\`\`ts
interface Cup {
    readonly full: boolean;
}

brewTea: function brew(heat: Heat): Cup;

const sizes: 'a' | 'b';
\`\`\`

## tea/pot

\`\`\`ts
Cup: as in tea

class Pot {
    pour(): void;
}

const note: {
    readonly zh: string;
    readonly code: "boils";
};
\`\`\`

## tea/style.css

Without declarations.

## Behind these, without a name of their own

\`\`\`ts
interface Heat {
    readonly degrees: number;
}
\`\`\`
`)
    },
    patience,
  )

  test(
    'is the same after a change that no user can see',
    () => {
      const heat = `/** Of the water. */ export interface Heat { readonly degrees: number }\nexport declare const inner: 1`
      const index = `export declare const sizes: 'a' | 'b'\nexport { brew as brewTea, type Cup } from './brew.js'`
      const changed = report({ 'dist/heat.d.ts': heat, 'dist/index.d.ts': index })
      expect(differences(report(), changed)).toEqual([])
    },
    patience,
  )

  test.each([
    [
      'a signature',
      {
        'dist/pot.d.ts': `export type { Cup } from './brew.js'\nexport declare class Pot { pour(into: string): void }`,
      },
      ['## tea/pot: class Pot \n-     pour(): void;\n+     pour(into: string): void;', expect.stringMatching(/note/)],
    ],
    [
      'what a signature leans on',
      { 'dist/heat.d.ts': 'export interface Heat { readonly degrees: string }' },
      [expect.stringMatching(/interface Heat \n- {5}readonly degrees: number;\n\+ {5}readonly degrees: string;$/)],
    ],
    [
      'an export that is gone, and one that came',
      { 'dist/index.d.ts': `export { type Cup, brew } from './brew.js'\nexport declare const sizes: 'b' | 'a'` },
      [
        '## tea: brewTea\n- brewTea: function brew(heat: Heat): Cup;',
        '## tea: function brew\n+ function brew(heat: Heat): Cup;',
      ],
    ],
  ])(
    'notices a change of %s',
    (_, changed, told) => {
      expect(differences(report(), report(changed))).toEqual(told)
    },
    patience,
  )

  test(
    'notices an entry point that is gone',
    () => {
      const exports = { '.': { types: './dist/index.d.ts' }, './pot': { types: './dist/pot.d.ts' } }
      const manifest = JSON.stringify({ name: 'tea', type: 'module', exports })
      expect(differences(report(), report({ 'package.json': manifest }))).toEqual([
        '## tea/style.css\n- ## tea/style.css',
        expect.stringContaining('- Without declarations.'),
      ])
    },
    patience,
  )
})
