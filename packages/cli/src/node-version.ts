/** Why this version of Node cannot run the program, in both languages; `null` when it can. */
export function nodeVersionProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return null
  return [
    `需要 Node.js 20.19 或更高版本（推荐 22 或 24），当前是 ${version}。请升级后重试：https://nodejs.org`,
    `Node.js 20.19 or later is needed (22 or 24 recommended), this is ${version}. Upgrade and try again: https://nodejs.org`,
  ].join('\n')
}
