import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type EmulatedLaunch,
  type EmulatedPerson,
  type MiniProgram,
  type PhoneDecision,
  runMiniProgram,
} from '@weapp-auth/emulator'
import type { LegacyFormat } from '@weapp-auth/server'
import { app, lin, openStage, type Stage, type StageOptions } from '../stage.ts'
import type { NaiveServer } from './naive-wechat.ts'

/** The page of a source document on somebody's phone. */
export interface OldPage {
  readonly program: MiniProgram
  /** What the page shows, or keeps, under this name. */
  shows(name: string): unknown
  /** Presses the phone button, the person decides in the sheet, and everything comes to rest. */
  tap(decide?: PhoneDecision | (() => Promise<PhoneDecision>)): Promise<void>
  /** The app goes to the background and comes back. */
  leaveAndReturn(): Promise<void>
}

/** An old page's world: the emulator, and either our server or the one that its document describes. */
export interface OldWorld {
  readonly stage: Stage
  /** Every answer that a page got, headers and body. */
  readonly answers: readonly string[]
  /** The toasts that were shown, in order. */
  readonly toasts: readonly string[]
  launch(person?: EmulatedPerson, more?: EmulatedLaunch): Promise<OldPage>
  /** Sends a request as somebody who is no mini program; answers the body. */
  post(path: string, body: unknown): Promise<Readonly<Record<string, unknown>>>
  /** Time goes by in steps of half a minute, and everything comes to rest after each. */
  wait(ms: number): Promise<void>
}

interface OldWorldOptions extends Pick<StageOptions, 'minKeyAgeMs'> {
  /** Instead of our server. */
  readonly naive?: (wechat: Stage['emulator']['fetch']) => NaiveServer
}

/** Puts the page of a format in front of our server, or of the naive one. */
export async function openOldWorld(format: LegacyFormat, options: OldWorldOptions = {}): Promise<OldWorld> {
  const { naive, ...more } = options
  const stage = await openStage({ ...more, policy: { openData: 'enforce', legacy: { formats: [format] } } })
  const backend = naive ? naive(stage.emulator.fetch) : stage.server.fetch
  const files = readFiles(format)
  const answers: string[] = []
  const toasts: string[] = []

  async function network(request: Request): Promise<Response> {
    const response = await backend(request)
    answers.push(JSON.stringify([[...response.headers], await response.clone().text()]))
    return response
  }

  return {
    stage,
    answers,
    toasts,
    async launch(person = lin, launch = {}) {
      const broken: unknown[] = []
      const runtime = stage.emulator.wx(person.id, app.appId, {
        network,
        onError: error => broken.push(error),
        ui: { showToast: ({ title }) => void toasts.push(title) },
        ...launch,
      })
      const program = runMiniProgram({ files, runtime, console: { log() {} } })
      async function settle() {
        await rest()
        if (broken.length > 0) throw new AggregateError(broken, 'the page reported errors')
      }
      await settle()
      return {
        program,
        shows: name => program.page.data[name],
        async tap(decide = { decision: 'allow' }) {
          runtime.decide(typeof decide === 'function' ? decide : async () => decide)
          await program.tapPhoneButton('getPhoneNumber')
          await settle()
        },
        async leaveAndReturn() {
          runtime.hide()
          runtime.show()
          await settle()
        },
      }
    },
    async post(path, body) {
      const headers = { 'content-type': 'application/json' }
      const request = new Request(`https://old.example${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      return (await (await network(request)).json()) as Readonly<Record<string, unknown>>
    },
    async wait(ms) {
      for (let passed = 0; passed < ms; passed += step) {
        stage.advance(Math.min(step, ms - passed))
        await rest()
      }
    },
  }
}

/** The real openid of who logged in first, as WeChat told the server: names are not secret. */
export function firstOpenid({ stage, answers }: OldWorld): string {
  const said = [...stage.upstream, ...answers].join('\n').replaceAll('\\', '')
  const openid = /"openid":"(o[^"]+)"/.exec(said)?.[1]
  if (openid === undefined) throw new Error('nobody has logged in')
  return openid
}

const step = 30_000
const examples = fileURLToPath(new URL('../../examples/sources/', import.meta.url))

function readFiles(format: LegacyFormat): Readonly<Record<string, string>> {
  const root = join(examples, format)
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(path => /\.(js|json)$/.test(path))
  return Object.fromEntries(paths.map(path => [path.split(sep).join('/'), readFileSync(join(root, path), 'utf8')]))
}

/** Answers of the emulator take a few turns of the event loop. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setTimeout(resolve))
}
