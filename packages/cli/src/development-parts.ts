import { CliFault } from './cli-fault.ts'

/**
 * Loads what only development needs: the emulator and the phone. They are optional dependencies, so that an installation
 * with `--omit=optional` brings neither them nor their compiler into production.
 *
 * @throws CliFault `unavailable` when they are not installed.
 */
export async function loadDevelopment<T>(load: () => T | Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw isMissing(error) ? notInstalled(error) : error
  }
}

function isMissing(error: unknown): boolean {
  const { code = '', message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return /^(ERR_)?MODULE_NOT_FOUND$/.test(code) && /@weapp-auth\/(emulator|web)\b/.test(message)
}

function notInstalled(cause: unknown): CliFault {
  return new CliFault(
    'unavailable',
    {
      zh: '微信模拟器和手机模拟器没有安装（安装时用了 --omit=optional）。开发时请重新执行 npm install。',
      en: 'The emulator and the phone are not installed (this installation was made with --omit=optional). For development run npm install again.',
    },
    cause,
  )
}
