import { phoneCode, phoneNumberOf } from '../world.ts'
import type { Exchange } from './closed-loop.ts'
import {
  expectedChange,
  introspectExchange,
  loginExchange,
  meExchange,
  newPerson,
  nonceOf,
  type Person,
  refreshExchange,
} from './people.ts'
import { type PhonePayload, phonePayload } from './phone-payload.ts'
import { requestBytes } from './request-bytes.ts'

/** The people of one connection. Nobody else speaks for them, so every answer can be foretold. */
export interface Slice {
  readonly people: Person[]
  /** Whose turn it is. */
  at: number
  /** Taps made before the clock started, so that the load does not pay for encryption while it measures. */
  taps: Tap[]
  /** How many of them are used up. */
  tapped: number
}

/** A person agreed to share a number: what the button's event carried. */
interface Tap {
  readonly person: Person
  readonly number: string
  readonly payload: PhonePayload
}

/** Plays one kind of request for one connection. */
export type Player = (slice: Slice, serial: () => number) => Exchange

interface PhoneAnswer {
  readonly change?: unknown
  readonly phone?: { readonly number?: unknown }
}

function takeTurn(slice: Slice): Person {
  const person = slice.people[slice.at % slice.people.length]
  if (!person) throw new Error('a connection has no people')
  slice.at++
  return person
}

/** Half of the logins are the first of a new user, half are of a user drawn from all earlier ones. */
const login: Player = (slice, serial) => {
  const number = serial()
  if (slice.at++ % 2 === 0) {
    const person = newPerson(number)
    slice.people.push(person)
    return loginExchange(person, number, true)
  }
  const person = slice.people[Math.floor(Math.random() * slice.people.length)]
  if (!person) throw new Error('a connection has no people')
  return loginExchange(person, number, false)
}

function phoneExchange(person: Person, number: string, body: object): Exchange {
  const change = expectedChange(person, number)
  person.number = number
  return {
    bytes: requestBytes('POST', '/v1/phone', person.token, body),
    wrong(answer: PhoneAnswer) {
      if (answer.change !== change) return `"change" must be ${change}`
      return answer.phone?.number === `+86${number}` ? null : `the number must be +86${number}`
    },
  }
}

const phoneByCode: Player = (slice, serial) => {
  const person = takeTurn(slice)
  const number = phoneNumberOf(serial())
  const last = serial()
  return phoneExchange(person, number, { code: phoneCode(number, last), nonce: nonceOf(last) })
}

type Tapper = (slice: Slice, serial: () => number) => Tap

const tap = (person: Person, number: string): Tap => ({ person, number, payload: phonePayload(person.user, number) })

/** Another number each time: every request writes. */
const tapWithAnotherNumber: Tapper = (slice, serial) => tap(takeTurn(slice), phoneNumberOf(serial()))

/** The number the person had before, sealed anew: nothing to write about the phone. */
const tapWithTheSameNumber: Tapper = slice => {
  const person = takeTurn(slice)
  return tap(person, person.number ?? phoneNumberOf(person.user))
}

const phoneByData =
  (tapper: Tapper): Player =>
  (slice, serial) => {
    const { person, number, payload } = slice.taps[slice.tapped++] ?? tapper(slice, serial)
    return phoneExchange(person, number, { ...payload, loginId: person.loginId, nonce: nonceOf(serial()) })
  }

const me: Player = slice => meExchange(takeTurn(slice))

const refresh: Player = (slice, serial) => refreshExchange(takeTurn(slice), serial())

const introspect: Player = slice => introspectExchange(takeTurn(slice))

/** One player for every kind of load. */
export const players = {
  login,
  phoneByCode,
  phoneChanged: phoneByData(tapWithAnotherNumber),
  phoneUnchanged: phoneByData(tapWithTheSameNumber),
  me,
  refresh,
  introspect,
} as const satisfies Readonly<Record<string, Player>>

export type PlayerName = keyof typeof players

/** The players whose taps are made before the clock starts. */
export const tappers: Partial<Record<PlayerName, Tapper>> = {
  phoneChanged: tapWithAnotherNumber,
  phoneUnchanged: tapWithTheSameNumber,
}
