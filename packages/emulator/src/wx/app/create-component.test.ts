import { describe, expect, test } from 'vitest'
import { createComponent } from './create-component.ts'
import type { Definition, Instance } from './definition.ts'

const make = (definition: Definition, given: Definition = {}) =>
  createComponent(definition, { path: 'c', given, later: run => run() })
const setData = (instance: Instance, values: object, done?: () => void) =>
  (instance.setData as (values: object, done?: () => void) => void)(values, done)

describe('a component', () => {
  test('starts with its data and the default or given values of its properties', () => {
    const properties = {
      text: String,
      count: { type: Number, value: 3 },
      on: Boolean,
      list: Array,
      thing: Object,
      any: null,
      given: String,
    }
    const { instance } = make({ properties, data: { own: 1 } }, { given: 'x', undeclared: 'y' })
    expect(instance.data).toEqual({
      text: '',
      count: 3,
      on: false,
      list: [],
      thing: null,
      any: null,
      given: 'x',
      own: 1,
    })
    expect(instance.properties).toBe(instance.data)
  })

  test('has its methods, and lives through its life times, those of behaviors first', () => {
    const lived: string[] = []
    const live = (name: string) => () => lived.push(name)
    const behavior = {
      data: { from: 'behavior', both: 'behavior' },
      methods: { greet: () => 'behavior', only: () => 'behavior' },
      lifetimes: { created: live('behavior created'), attached: live('behavior attached') },
    }
    const component = make({
      behaviors: [behavior],
      data: { both: 'own' },
      methods: { greet: () => 'own' },
      created: live('own created'),
      attached: live('overridden'),
      lifetimes: { attached: live('own attached') },
      pageLifetimes: { show: live('own show') },
    })
    component.live('attached')
    component.live('ready')
    component.pageLive('show')
    const { instance } = component
    expect([(instance.greet as () => string)(), (instance.only as () => string)()]).toEqual(['own', 'behavior'])
    expect(instance.data).toEqual({ from: 'behavior', both: 'own' })
    expect(lived).toEqual(['behavior created', 'own created', 'behavior attached', 'own attached', 'own show'])
  })

  test('tells observers of fields, of what is inside them, and of everything', () => {
    const told: unknown[] = []
    const { instance } = make({
      data: { a: { b: 1 }, c: 2 },
      observers: {
        'a.b, c': (...values: unknown[]) => told.push(values),
        'a.**': (a: unknown) => told.push(a),
        '**': () => told.push('all'),
      },
    })
    setData(instance, { 'a.b': 5 })
    expect(told).toEqual([[5, 2], { b: 5 }, 'all'])
    setData(instance, { other: 1 })
    expect(told.slice(3)).toEqual(['all'])
  })

  test('tells the observer of a property when its value changed, by function or by name', () => {
    const told: unknown[] = []
    const { instance } = make({
      properties: {
        x: { type: Number, observer: (now: unknown, then: unknown) => told.push(['x', now, then]) },
        y: { type: Number, observer: 'onY' },
      },
      methods: { onY: (now: unknown) => told.push(['y', now]) },
    })
    setData(instance, { x: 0, y: 1 })
    setData(instance, { x: 2 })
    expect(told).toEqual([
      ['y', 1],
      ['x', 2, 0],
    ])
  })

  test('calls back after setData, with itself as this', () => {
    const { instance } = make({})
    let self: unknown
    setData(instance, { a: 1 }, function (this: unknown) {
      self = this
    })
    expect(self).toBe(instance)
  })
})
