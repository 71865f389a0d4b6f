import type { WxCallbacks } from './async-api.ts'
import { checkText } from './check-parameter.ts'
import { WxFail } from './fail.ts'
import { createFly, type FlightOptions, type FlightTask, type FlightTools, type ResponseHead } from './flight.ts'
import { checkUrl, headersOf } from './request-message.ts'
import type { TempFiles } from './temp-files.ts'

export interface WxUploadOptions extends Omit<FlightOptions, 'method'> {
  readonly filePath: string
  /** The field that carries the file. */
  readonly name: string
  readonly header?: Readonly<Record<string, unknown>>
  /** More fields of the form. */
  readonly formData?: Readonly<Record<string, unknown>>
}

export interface WxDownloadOptions extends Omit<FlightOptions, 'method'> {
  readonly header?: Readonly<Record<string, unknown>>
}

interface UploadProgress {
  /** Percent. */
  readonly progress: number
  readonly totalBytesSent: number
  readonly totalBytesExpectedToSend: number
}

interface DownloadProgress {
  /** Percent. */
  readonly progress: number
  readonly totalBytesWritten: number
  readonly totalBytesExpectedToWrite: number
}

/** A request that tells how far it is; here once, at the end. */
export interface TransferTask<Progress> extends FlightTask {
  onProgressUpdate(listener: (progress: Progress) => void): void
  /** Without a listener: all of them. */
  offProgressUpdate(listener?: (progress: Progress) => void): void
}

export type UploadApi = (
  options: WxUploadOptions & WxCallbacks<ResponseHead & { readonly data: string }>,
) => TransferTask<UploadProgress>

export type DownloadApi = (
  options: WxDownloadOptions & WxCallbacks<ResponseHead & { readonly tempFilePath: string }>,
) => TransferTask<DownloadProgress>

/** `wx.uploadFile`: a POST of `multipart/form-data`; the answer is a text whatever it is. */
export function createUpload(world: FlightTools, files: TempFiles): UploadApi {
  const fly = createFly('uploadFile', world)
  return options => {
    const progress = createProgress<UploadProgress>(world)
    const task = fly<WxUploadOptions, ResponseHead & { readonly data: string }>(options, async ({ signal, send }) => {
      const url = checkUrl(checkText(options.url, 'url'), world.domains)
      const file = await files.read(checkText(options.filePath, 'filePath'))
      if (!file) throw new WxFail('file not found')
      const form = new FormData()
      for (const [name, value] of Object.entries(options.formData ?? {})) form.set(name, String(value))
      form.set(checkText(options.name, 'name'), file, options.filePath.split('/').at(-1) ?? '')
      const headers = headersOf(options.header ?? {}, world)
      // The boundary belongs to the body, so the content type is never the mini program's.
      headers.delete('content-type')
      return send(new Request(url, { method: 'POST', headers, body: form, signal }), async (response, head) => {
        progress.tell({ progress: 100, totalBytesSent: file.size, totalBytesExpectedToSend: file.size })
        return { ...head, data: await response.text() }
      })
    })
    return { ...task, ...progress.task }
  }
}

/** `wx.downloadFile`: the answer becomes a temporary file, whatever its status. */
export function createDownload(world: FlightTools, files: TempFiles): DownloadApi {
  const fly = createFly('downloadFile', world)
  return options => {
    const progress = createProgress<DownloadProgress>(world)
    const task = fly<WxDownloadOptions, ResponseHead & { readonly tempFilePath: string }>(
      options,
      async ({ signal, send }) => {
        const url = checkUrl(checkText(options.url, 'url'), world.domains)
        const request = new Request(url, { headers: headersOf(options.header ?? {}, world), signal })
        return send(request, async (response, head) => {
          const bytes = new Uint8Array(await response.arrayBuffer())
          const { length } = bytes
          progress.tell({ progress: 100, totalBytesWritten: length, totalBytesExpectedToWrite: length })
          return { ...head, tempFilePath: files.add(bytes, endingOf(url)) }
        })
      },
    )
    return { ...task, ...progress.task }
  }
}

function createProgress<Progress>({ tools }: FlightTools) {
  const listeners = new Set<(progress: Progress) => void>()
  return {
    tell(progress: Progress) {
      for (const listener of listeners) tools.deliver(() => listener(progress))
    },
    task: {
      onProgressUpdate: (listener: (progress: Progress) => void) => void listeners.add(listener),
      offProgressUpdate: (listener?: (progress: Progress) => void) =>
        void (listener ? listeners.delete(listener) : listeners.clear()),
    },
  }
}

function endingOf(url: string): string {
  return /\.([A-Za-z0-9]{1,8})$/.exec(new URL(url).pathname)?.[1] ?? 'unknown'
}
