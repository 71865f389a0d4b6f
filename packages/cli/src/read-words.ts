/** Splits `apps add wx… --set name=Tea` into its words and its flags; words come first. */
export function readWords(args: readonly string[]): {
  readonly words: readonly string[]
  readonly flags: readonly string[]
} {
  const first = args.findIndex(arg => arg.startsWith('-'))
  const end = first < 0 ? args.length : first
  return { words: args.slice(0, end), flags: args.slice(end) }
}
