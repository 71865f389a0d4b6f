/** Checks that these options are text and not empty. The value is not repeated: it may be a secret. */
export function checkText<T extends object, K extends keyof T & string>(options: T, names: readonly K[]): T {
  for (const name of names) {
    const value: unknown = options[name]
    if (typeof value !== 'string' || value === '') throw new TypeError(`"${name}" must be text that is not empty`)
  }
  return options
}
