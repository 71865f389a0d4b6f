/**
 * `node hold-process.mjs '<json>'`: runs a program for as long as whoever started this lives, and takes its folder away
 * afterwards. The end of stdin is the sign: it comes also when the starter was killed. Runs in a session of its own, so
 * that Ctrl-C reaches neither it nor the program before the tests have ended.
 *
 * The order is `{ command, args, folder, stopSignal, uid?, gid? }`; the exit of the program is the exit of this.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const { command, args, folder, stopSignal, uid, gid } = JSON.parse(process.argv[2] ?? '')
const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder, uid, gid })

const end = () => program.kill(stopSignal)
process.stdin.on('end', end).on('error', end).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)

function leave(code) {
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}
program.once('error', () => leave(127))
program.once('exit', code => leave(code ?? 1))
