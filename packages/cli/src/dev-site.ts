import type { ConsoleSite } from './console-site.ts'
import { staticFile } from './static-files.ts'

export interface DevSiteParts {
  readonly server: (request: Request) => Promise<Response>
  readonly emulator: (request: Request) => Promise<Response>
  readonly journal: (request: Request) => Response
  /** Mini programs for the phone. */
  readonly programs: (request: Request) => Promise<Response>
  /** Folder of the phone simulator. */
  readonly phone: string
  /** Pages for operators. */
  readonly console: ConsoleSite
}

/** Everything of `weapp-auth dev` behind one address. */
export function createDevSite({ server, emulator, journal, programs, phone, console }: DevSiteParts) {
  return async function fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/' || pathname === '/phone') return redirect('/phone/')
    if (pathname === '/dev/journal') return request.method === 'GET' ? journal(request) : plain(405)
    if (pathname === '/dev/programs' || pathname.startsWith('/dev/programs/')) return programs(request)
    if (pathname.startsWith('/_emulator/')) return emulator(request)
    const page = await console.answer(request)
    if (page) return new Response(request.method === 'HEAD' ? null : page.body, page)
    if (!pathname.startsWith('/phone/')) return server(fromPhone(request))
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405)
    return (await staticFile(phone, pathname.slice('/phone/'.length))) ?? plain(404)
  }
}

/** The page of the simulator cannot choose its `User-Agent`, so it names the phone's beside. */
function fromPhone(request: Request): Request {
  const userAgent = request.headers.get('x-phone-user-agent')
  if (!userAgent) return request
  const headers = new Headers(request.headers)
  headers.set('user-agent', userAgent)
  headers.delete('x-phone-user-agent')
  return new Request(request, { headers })
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } })
}

function plain(status: number): Response {
  return new Response(`${status}\n`, { status, headers: { 'content-type': 'text/plain' } })
}
