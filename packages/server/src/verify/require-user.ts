import type { RequestHeaders } from './authenticate.ts'
import type { TokenUser, TokenVerifier } from './token-verifier.ts'

const users = new WeakMap<object, TokenUser>()

/**
 * The user that `requireUser` found: of Express's, Fastify's or Nest's request, of Koa's or Hono's context.
 *
 * @throws TypeError when `requireUser` did not run before, so a handler that forgot it never runs as nobody.
 *
 * @example
 * const { userId } = userOf(request)
 */
export function userOf(request: object): TokenUser {
  const user = users.get(request)
  if (!user) throw new TypeError('requireUser must run before userOf')
  return user
}

type Next = (error?: unknown) => void

interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): { end(body: string): unknown }
}

interface KoaContext {
  readonly headers: RequestHeaders
  status: number
  body: unknown
  set(headers: Record<string, string>): void
}

interface FastifyReply {
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: unknown): unknown
}

interface HonoContext {
  readonly req: { readonly raw: Request }
}

interface NestContext {
  switchToHttp(): { getRequest(): Incoming; getResponse(): { header(name: string, value: string): unknown } }
}

interface Incoming {
  readonly headers: RequestHeaders
}

/**
 * Lets only requests with a valid access token through, and keeps their user for `userOf`; the others are answered
 * with 401, a challenge and problem details. One for each framework, typed by what it needs of it.
 *
 * @example
 * app.use('/orders', requireUser.express(verifier))
 */
export const requireUser = {
  /** Middleware for Express, Connect and alike. */
  express(verifier: TokenVerifier) {
    return async (request: Incoming, response: NodeResponse, next: Next): Promise<void> => {
      try {
        const outcome = await verifier.authenticate(request.headers)
        if (outcome.status === 'refused') {
          const { status, headers, body } = outcome.refusal
          response.writeHead(status, { ...headers }).end(JSON.stringify(body))
          return
        }
        users.set(request, outcome.user)
      } catch (error) {
        next(error)
        return
      }
      next()
    }
  },

  /** Middleware for Koa. */
  koa(verifier: TokenVerifier) {
    return async (context: KoaContext, next: () => Promise<unknown>): Promise<void> => {
      const outcome = await verifier.authenticate(context.headers)
      if (outcome.status === 'refused') {
        context.status = outcome.refusal.status
        context.body = outcome.refusal.body
        context.set({ ...outcome.refusal.headers })
        return
      }
      users.set(context, outcome.user)
      await next()
    }
  },

  /** Hook for Fastify: `onRequest`, before the body is read. */
  fastify(verifier: TokenVerifier) {
    return async (request: Incoming, reply: FastifyReply): Promise<unknown> => {
      const outcome = await verifier.authenticate(request.headers)
      if (outcome.status === 'authenticated') return void users.set(request, outcome.user)
      const { status, headers, body } = outcome.refusal
      reply.code(status)
      reply.headers({ ...headers })
      reply.send(JSON.stringify(body))
      return reply
    }
  },

  /** Middleware for Hono. */
  hono(verifier: TokenVerifier) {
    return async (context: HonoContext, next: () => Promise<void>): Promise<Response | undefined> => {
      const outcome = await verifier.authenticate(context.req.raw.headers)
      if (outcome.status === 'refused') {
        const { body, ...init } = outcome.refusal
        return new Response(JSON.stringify(body), init)
      }
      users.set(context, outcome.user)
      await next()
      return undefined
    }
  },

  /** Guard for Nest, on Express or Fastify: hand it the `UnauthorizedException` of your `@nestjs/common`. */
  nest(verifier: TokenVerifier, Unauthorized: new (body: object) => Error) {
    return {
      async canActivate(context: NestContext): Promise<boolean> {
        const http = context.switchToHttp()
        const request = http.getRequest()
        const outcome = await verifier.authenticate(request.headers)
        if (outcome.status === 'refused') {
          http.getResponse().header('www-authenticate', outcome.refusal.headers['www-authenticate'])
          throw new Unauthorized(outcome.refusal.body)
        }
        users.set(request, outcome.user)
        return true
      },
    }
  },
}
