/** A thread of `npm run bench:first-tap`: plays its share and hands the outcomes over. */
import { parentPort, workerData } from 'node:worker_threads'
import { measure, type Share } from './measure.ts'

parentPort?.postMessage(await measure(workerData as Share))
