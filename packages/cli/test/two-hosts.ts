import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer, type Server, connect as tcpConnect } from 'node:net'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** Why this machine cannot have two hosts; `null` when it can. */
export function whyNoHosts(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux'
  if (process.getuid?.() !== 0) return 'only root makes network namespaces'
  const tried = spawnSync('sh', ['-ec', `ip netns add ${probe} && ip netns del ${probe}`], { encoding: 'utf8' })
  return tried.status === 0 ? null : tried.stderr.trim() || 'there is no ip (package iproute2)'
}

const probe = `wa-${randomBytes(3).toString('hex')}`

/** A host with an address, a link and processes of its own. */
export interface Host {
  readonly address: string
  /** What a command is preceded by to run there. */
  readonly inside: readonly string[]
  cut(): void
  heal(): void
}

/**
 * Two hosts on one wire with this process: network namespaces behind a bridge, in a range for tests of networks
 * (RFC 2544). A shell makes them, and takes them down when this process says so or is gone, however it went.
 */
export async function openTwoHosts() {
  const name = `wa-${randomBytes(3).toString('hex')}`
  const net = `198.18.${Number.parseInt(name.slice(-2), 16)}`
  const shell = spawn('sh', ['-ec', script, 'sh', name, net], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const gone = new Promise<void>(resolve => shell.once('exit', () => resolve()))
  onTestFinished(async () => {
    shell.stdin.end()
    await gone
  })
  const first = await createInterface({ input: shell.stdout })[Symbol.asyncIterator]().next()
  if (first.value !== 'ready') throw new Error('the hosts were not made')

  const hostOf = (number: 1 | 2): Host => {
    const link = (state: string) => void spawnSync('ip', ['link', 'set', `${name}.${number}`, state])
    return {
      address: `${net}.${number}`,
      inside: ['ip', 'netns', 'exec', `${name}-${number}`],
      cut: () => link('down'),
      heal: () => link('up'),
    }
  }
  return {
    hosts: [hostOf(1), hostOf(2)] as const,
    /** The same URL as the hosts reach it; what it names listens on this machine only, or elsewhere. */
    reach: async (url: string) => {
      const { hostname, port } = new URL(url)
      const own = new URL(url)
      own.hostname = `${net}.254`
      own.port = String(await relay(own.hostname, { host: hostname, port: Number(port) }))
      return own.href.replace(/\/$/, '')
    },
  }
}

const script = `
name=$1 net=$2
trap '
  for n in 1 2; do
    ip netns pids $name-$n 2>/dev/null | xargs -r kill -9
    ip link del $name.$n 2>/dev/null || true
    ip netns del $name-$n 2>/dev/null || true
  done
  ip link del $name 2>/dev/null || true' EXIT
trap : INT TERM HUP
ip link add $name type bridge
ip addr add $net.254/24 dev $name
ip link set $name up
for n in 1 2; do
  ip netns add $name-$n
  ip link add $name.$n type veth peer name eth0 netns $name-$n
  ip link set $name.$n master $name up
  ip netns exec $name-$n sh -ec "ip link set lo up; ip addr add $net.$n/24 dev eth0; ip link set eth0 up"
done
echo ready
cat > /dev/null || true
`

/** Opens a port on this address that leads to another one. */
async function relay(address: string, to: { readonly host: string; readonly port: number }): Promise<number> {
  const server: Server = createServer(socket => {
    const other = tcpConnect(to)
    const end = () => [socket, other].map(one => one.destroy())
    for (const one of [socket, other]) one.on('error', end).on('close', end)
    socket.pipe(other).pipe(socket)
    onEnd.add(end)
  })
  const onEnd = new Set<() => void>()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve))
  onTestFinished(() => {
    server.close()
    for (const end of onEnd) end()
  })
  const at = server.address()
  if (!at || typeof at === 'string') throw new Error('the relay has no port')
  return at.port
}
