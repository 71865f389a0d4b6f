/**
 * `node hold-program.mjs '<json>'`: runs a program for as long as whoever started this lives; the end of stdin is the sign,
 * which comes also when the starter was killed. The order is `{ command, args, cwd, uid?, gid? }`. Says the process id.
 */
import { spawn } from 'node:child_process'

const { command, args, cwd, uid, gid } = JSON.parse(process.argv[2] ?? '')
const program = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd, uid, gid })
process.stdout.write(`${program.pid}\n`)
process.stdin.on('end', () => program.kill('SIGKILL')).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => program.kill('SIGKILL'))
program.once('error', () => process.exit(127))
program.once('exit', () => process.exit(0))
