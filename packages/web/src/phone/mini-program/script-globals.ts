/** What belongs to the language; a mini program finds it on `global`, as in WeChat. */
const language = [
  ...['Object', 'Function', 'Array', 'Number', 'Boolean', 'String', 'Symbol', 'BigInt', 'Math', 'JSON', 'Reflect'],
  ...['Proxy', 'RegExp', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Error', 'TypeError', 'RangeError'],
  ...['SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'ArrayBuffer', 'DataView', 'Uint8Array', 'Int8Array'],
  ...['Uint8ClampedArray', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array'],
  ...['parseInt', 'parseFloat', 'isNaN', 'isFinite', 'encodeURIComponent', 'decodeURIComponent', 'encodeURI'],
  ...['decodeURI', 'NaN', 'Infinity', 'undefined', 'console'],
] as const

/** The `global` of one launch: writable, and nobody else's. Frameworks keep things on it. */
export function createScriptGlobal(own: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shared = language.map(name => [name, Reflect.get(globalThis, name)] as const)
  const made: Record<string, unknown> = Object.fromEntries([...shared, ...Object.entries(own)])
  made.global = made
  made.globalThis = made
  return made
}
