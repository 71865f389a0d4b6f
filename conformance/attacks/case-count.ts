/** How many cases a test tries: few where every push waits for it, all of them by night (`npm run test:long`). */
export function caseCount(few: number, all: number): number {
  return process.env.WEAPP_AUTH_LONG ? all : few
}
