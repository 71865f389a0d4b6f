import { firstOperatorNotice } from './console-of.ts'
import { devFlags } from './flags.ts'
import { describePath, readConfig } from './read-config.ts'
import { readFlags } from './read-flags.ts'
import { type Dev, startDev } from './start-dev.ts'
import type { Terminal } from './terminal.ts'

/** `weapp-auth dev`: everything on this machine, until it is stopped. */
export async function dev(args: readonly string[], terminal: Terminal): Promise<void> {
  const { project = [], ...flags } = readFlags('dev', args, devFlags)
  const config = readConfig(terminal.env, flags)
  const running = await startDev(config, { err: terminal.err, out: terminal.out, projects: project })
  for (const warning of running.warnings) terminal.err(warning)
  if (running.invitation !== null) terminal.err(firstOperatorNotice(running.invitation))
  terminal.out(welcome(running, describePath(config.data)))
  await terminal.untilStopped()
  terminal.out('正在结束 / ending')
  await running.close()
}

function welcome({ url, emulatorUrl }: Dev, data: string): string {
  return `
weapp-auth 已启动，一切只在本机运行 / is running, all of it on this machine

  打开 / open                       ${url}
  微信模拟器 / WeChat emulator      ${emulatorUrl}   (= https://api.weixin.qq.com)
  数据与密钥 / data and keys        ${data}   (删除即重来 / delete it to begin anew)

在页面里点击绿色按钮并同意授权，右侧记录会显示每一步。按 Ctrl+C 结束。
Tap the green button in the page, agree, and watch each step in the journal. Ctrl+C ends it.
`
}
