import { compileMiniProgram, type FoundMiniProgram, findMiniProgram } from '@weapp-auth/web/compile'

/** The mini programs that the phone of `weapp-auth dev` offers. */
export interface DevPrograms {
  /** Answers `GET /dev/programs` (what there is) and `GET /dev/programs/<name>.js` (one of them, compiled now). */
  fetch(request: Request): Promise<Response>
}

/**
 * Compiles on each request, so that a restart on the phone runs what was saved last.
 *
 * @param projects Folders, or `name=folder`; of two with one name the last counts.
 */
export function createDevPrograms(projects: readonly string[]): DevPrograms {
  // Looked for each time: a framework may build it meanwhile.
  const all = () => new Map(projects.map(findMiniProgram).map(program => [program.name, program]))
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/dev/programs') return Response.json({ programs: [...all().values()].map(publicFields) })
      const name = /^\/dev\/programs\/([^/]+)\.js$/.exec(pathname)?.[1] ?? ''
      const root = all().get(decodeURIComponent(name))?.root
      if (!root) return Response.json({ error: `no mini program ${name}` }, { status: 404 })
      return compiled(root)
    },
  }
}

/** The page learns no path of this machine, except in the command that builds. */
function publicFields({ name, kind, root, build }: FoundMiniProgram) {
  return { name, kind, ready: root !== null, build }
}

async function compiled(root: string): Promise<Response> {
  const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' }
  try {
    return new Response(await compileMiniProgram({ root }), { headers })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // As a module, because an import cannot read the body of a failed answer.
    return new Response(`export const problem = ${JSON.stringify(reason)}\n`, { headers })
  }
}
