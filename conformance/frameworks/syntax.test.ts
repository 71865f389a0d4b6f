import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { readOutput } from './read-output.ts'

/** A sentence from each part of the SDK: the file that holds it holds that part. */
const parts = {
  core: '没有授权。需要时可以再点。',
  bindings: '重新提交',
  profile: '没有选择，原有资料不变。',
  sms: '手机号不正确，请检查。',
}

/** True when lowering changes nothing. */
async function isES2015(code: string): Promise<boolean> {
  const print = (target: string) => transform(code, { target, charset: 'utf8', logLevel: 'silent' })
  const [lowered, asItIs] = await Promise.all([print('es2015').catch(() => null), print('esnext')])
  return lowered !== null && lowered.warnings.length === 0 && lowered.code === asItIs.code
}

// Compilers ship packages as they find them: what is too new for old phones would stay in.
describe
  .runIf(process.env.WEAPP_AUTH_FRAMEWORKS)
  .each(['uni-app/dist/build/mp-weixin', 'taro/dist/vite', 'taro/dist/webpack5'])('%s', folder => {
  test.each(Object.entries(parts))('the part of the SDK named %s is plain ES2015', async (_, sentence) => {
    const files = readOutput(fileURLToPath(new URL(`../../examples/${folder}`, import.meta.url)))
    const holding = Object.entries(files).filter(([path, text]) => path.endsWith('.js') && holds(text, sentence))
    expect(holding).not.toEqual([])
    for (const [path, text] of holding) expect([path, await isES2015(text)]).toEqual([path, true])
  })
})

/** Some compilers write other alphabets as escapes. */
function holds(code: string, sentence: string): boolean {
  const escaped = [...sentence].map(letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  return code.includes(sentence) || code.toLowerCase().includes(escaped)
}
