import { type Dispatcher, Pool } from 'undici'
import { systemTimer, type Timer } from './timer.ts'
import { AnswerBody, closed, type Delivery, reasonOf, type Transport, tooLarge, type WireMessage } from './transport.ts'

/** How {@link createPooledTransport} connects. */
export interface PooledTransportOptions {
  /** Scheme, host and port, such as `https://api.weixin.qq.com`. */
  readonly origin: string
  /** Most connections at once; each carries one request at a time. */
  readonly connections: number
  readonly timer?: Timer
}

/**
 * Keeps connections to WeChat open and reuses them. undici's own pool, not the `fetch` of Node, which reaches a third
 * of its rate (bench/README.md). It follows no redirect and asks for no compression. The pool is made on first use.
 */
export function createPooledTransport({ origin, connections, timer = systemTimer }: PooledTransportOptions): Transport {
  let pool: Pool | null = null
  let isClosed = false
  return {
    deliver(message, timeoutMs) {
      if (isClosed) return Promise.resolve(closed)
      // Timing is done by `timer`: undici's own timers tick once a second only.
      pool ??= new Pool(origin, { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
      return dispatch(pool, message, timeoutMs, timer)
    },
    async close() {
      isClosed = true
      await pool?.close()
    },
  }
}

function dispatch(pool: Pool, message: WireMessage, timeoutMs: number, timer: Timer): Promise<Delivery> {
  return new Promise(resolve => {
    const delivery = new PooledDelivery(resolve)
    const stop = timer.after(timeoutMs, () => delivery.giveUp('timeout'))
    delivery.onDone = stop
    pool.dispatch(dispatchOptions(message), delivery)
  })
}

function dispatchOptions({ method, path, body }: WireMessage): Dispatcher.DispatchOptions {
  if (body === undefined) return { method, path }
  return { method, path, body, headers: ['content-type', 'application/json'] }
}

/** Tells a request that never left (no connection) from one that did: undici calls `onRequestStart` just before it writes. */
class PooledDelivery implements Dispatcher.DispatchHandler {
  onDone: () => void = () => undefined
  readonly #resolve: (delivery: Delivery) => void
  readonly #body = new AnswerBody()
  #controller: Dispatcher.DispatchController | null = null
  #httpStatus = 0
  #done = false

  constructor(resolve: (delivery: Delivery) => void) {
    this.#resolve = resolve
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: stopped here, before a byte of it is written.
    if (this.#done) controller.abort(gaveUp)
    else this.#controller = controller
  }

  onResponseStart(_: Dispatcher.DispatchController, httpStatus: number): void {
    this.#httpStatus = httpStatus
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#body.add(chunk)) this.#stop(tooLarge)
  }

  onResponseEnd(): void {
    this.#finish(this.#body.finish(this.#httpStatus))
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#finish(this.#failed(reasonOf(error)))
  }

  giveUp(reason: string): void {
    this.#stop(this.#failed(reason))
  }

  #failed(reason: string): Delivery {
    return { status: this.#controller ? 'lost' : 'unsent', reason }
  }

  #stop(delivery: Delivery): void {
    this.#finish(delivery)
    this.#controller?.abort(gaveUp)
  }

  #finish(delivery: Delivery): void {
    if (this.#done) return
    this.#done = true
    this.onDone()
    this.#resolve(delivery)
  }
}

const gaveUp = new Error('given up')
