import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobStore } from '../ports/job-store.ts'
import type { Observe } from '../ports/observer.ts'
import type { ActOnPush, HeldJob } from './act-on-push.ts'

export interface RunJobsTools {
  readonly store: JobStore
  readonly act: ActOnPush
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

/** Runs what is due, one after the other; answers how many were taken. */
export type RunJobs = () => Promise<number>

/** Others want the process too: the rest waits for the next call. */
const most = 100

/** A job that fails comes again, at longer and longer intervals; it is never given up, because it is somebody's right. */
export function createRunJobs({ store, act, clock, newId, tell }: RunJobsTools): RunJobs {
  return async function runJobs() {
    let ran = 0
    while (ran < most) {
      const [now, holder] = [clock.now(), newId()]
      const job = await store.takeJob({ now, holder, until: now + limits.jobLease })
      if (!job) break
      ran += 1
      await act({ ...job, holder }).catch(error => postpone({ ...job, holder }, error))
    }
    return ran
  }

  async function postpone({ id, appId, kind, attempts, holder }: HeldJob, error: unknown): Promise<void> {
    const retryInMs = Math.min(limits.jobPause * 2 ** (attempts - 1), limits.jobLongestPause)
    const name = error instanceof Error ? error.name : typeof error
    tell({ type: 'job-failed', jobId: id, appId, kind, attempts, retryInMs, name })
    await store.postponeJob({ jobId: id, holder, dueAt: clock.now() + retryInMs })
  }
}
