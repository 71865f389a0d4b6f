import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateKeyring } from '@weapp-auth/server'
import { describe, expect, test } from 'vitest'
import { programsOf, writePrograms } from './documented.ts'
import { openWorld } from './open-world.ts'
import { tokensOf } from './tokens.ts'

const run = promisify(execFile)

/** How a language is run; `missing` says what this machine lacks, `null` if nothing. */
interface Language {
  readonly page: string
  readonly program: string
  missing(): string | null
  /** Makes the program ready in its folder; the command to which tokens are added. */
  prepare(folder: string): readonly [string, ...string[]]
}

const { PYTHON = 'python3', PHP = 'php', GO = 'go', PHP_VENDOR = '', GO_MODULE = '', JAVA_CLASSPATH = '' } = process.env

const languages: readonly Language[] = [
  {
    page: 'python.md',
    program: 'verify.py',
    missing: () => (works(PYTHON, '-c', 'import jwt, cryptography') ? null : 'python3 with PyJWT[crypto]'),
    prepare: folder => [PYTHON, join(folder, 'verify.py')],
  },
  {
    page: 'php.md',
    program: 'verify.php',
    missing() {
      if (!works(PHP, '-r', 'exit(extension_loaded("sodium") ? 0 : 1);')) return 'php with sodium'
      return existsSync(join(PHP_VENDOR, 'autoload.php')) && PHP_VENDOR ? null : 'PHP_VENDOR, a folder with php-jwt'
    },
    prepare(folder) {
      symlinkSync(PHP_VENDOR, join(folder, 'vendor'))
      return [PHP, join(folder, 'verify.php')]
    },
  },
  {
    page: 'go.md',
    program: 'main.go',
    missing() {
      if (!works(GO, 'version')) return 'go'
      return GO_MODULE && existsSync(join(GO_MODULE, 'go.mod')) ? null : 'GO_MODULE, a folder with golang-jwt in go.mod'
    },
    prepare(folder) {
      for (const name of ['go.mod', 'go.sum'])
        if (existsSync(join(GO_MODULE, name))) copyFileSync(join(GO_MODULE, name), join(folder, name))
      execFileSync(GO, ['build', '-o', 'verify', 'main.go'], { cwd: folder })
      return [join(folder, 'verify')]
    },
  },
  {
    page: 'java.md',
    program: 'Verify.java',
    missing: () => (!works('javac', '-version') ? 'javac' : JAVA_CLASSPATH ? null : 'JAVA_CLASSPATH with JJWT'),
    prepare(folder) {
      execFileSync('javac', ['-cp', JAVA_CLASSPATH, '-d', folder, join(folder, 'Verify.java')])
      return ['java', '-cp', `${JAVA_CLASSPATH}:${folder}`, 'Verify']
    },
  },
]

function works(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

for (const { page, missing, prepare } of languages) {
  const lacks = missing()
  if (lacks !== null) test.skip(`docs/backends/${page} is not run: this machine lacks ${lacks}`)
  else runsHere(page, prepare)
}

function runsHere(page: string, prepare: Language['prepare']): void {
  describe(`docs/backends/${page}`, () => {
    const folder = writePrograms(`backends/${page}`)

    test('names the user of a token of the running server, and refuses forged ones', async () => {
      const keys = generateKeyring()
      const world = await openWorld({ keys })
      try {
        const { right, wrong } = tokensOf(keys, world.issuer, 'user-1')
        const [command, ...args] = prepare(folder)
        const env = { ...process.env, AUTH_ISSUER: world.issuer, no_proxy: '127.0.0.1' }
        const { stdout } = await run(command, [...args, world.token, right, ...Object.values(wrong)], { env })
        const [first, second, ...rest] = stdout.trim().split('\n')
        expect([first, second]).toEqual([`user ${world.userId}`, 'user user-1'])
        const refused = rest.map(line => line.split(' ', 1)[0])
        expect(refused).toEqual(Object.values(wrong).map(() => 'refused'))
        const dead = run(command, [...args, world.token], { env: { ...env, AUTH_ISSUER: `${world.issuer}/nothing` } })
        await expect(dead, 'keys that cannot be read are no verdict').rejects.toMatchObject({
          stdout: expect.not.stringMatching(/^(user|refused)/m),
        })
      } finally {
        await world.close()
      }
    }, 120_000)
  })
}

test.each(languages)('docs/backends/$page shows one program, $program', ({ page, program }) => {
  expect(programsOf(`backends/${page}`).map(({ name }) => name)).toEqual([program])
})
