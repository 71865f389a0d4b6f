import type { Theme, WindowConfig } from './compiled.ts'

/** Replaces `@name` by the value that theme.json has for the mode; what theme.json does not know is dropped. */
export function resolveTheme(config: WindowConfig, theme: Theme | undefined, mode: keyof Theme): WindowConfig {
  const resolved = Object.entries(config).map(([key, value]) => {
    const name = typeof value === 'string' && value.startsWith('@') ? value.slice(1) : undefined
    return [key, name === undefined ? value : theme?.[mode][name]] as const
  })
  return Object.fromEntries(resolved.filter(([, value]) => value !== undefined))
}
