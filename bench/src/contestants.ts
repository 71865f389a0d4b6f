/** A server that takes part. All speak the same requests and answers. */
export interface Contestant {
  readonly id: string
  readonly title: string
  readonly kind: 'bound' | 'ours' | 'naive'
  readonly program: URL
  readonly variant: string
  /** The only scenario that it can play. Default: all. */
  readonly only?: string
}

const bound = new URL('./programs/bound.js', import.meta.url)
const duties = new URL('./programs/bound-with-duties.js', import.meta.url)
const naive = new URL('./programs/naive.js', import.meta.url)
const ours = new URL('./programs/ours.js', import.meta.url)

/** In the order of the tables. The first one is what shares are counted from. */
export const contestants = [
  { id: 'bound', title: 'bound, NORMAL', kind: 'bound', program: bound, variant: 'normal' },
  { id: 'bound-full', title: 'bound, FULL', kind: 'bound', program: bound, variant: 'full' },
  { id: 'bound-duties', title: 'bound, our duties', kind: 'bound', program: duties, variant: '', only: 'login' },
  { id: 'ours', title: 'weapp-auth, FULL', kind: 'ours', program: ours, variant: '' },
  { id: 'naive-wal', title: 'naive, WAL', kind: 'naive', program: naive, variant: 'wal' },
  { id: 'naive', title: 'naive, default', kind: 'naive', program: naive, variant: '' },
] as const satisfies readonly Contestant[]
