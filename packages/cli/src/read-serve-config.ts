import { type Config, type ConfigFlags, type Environment, readConfig } from './read-config.ts'
import { type ConfigFile, emptyConfigFile, readConfigFile } from './read-config-file.ts'

/** What `serve` is told, by its file, by variables and by flags. */
export interface ServeConfig {
  readonly config: Config
  readonly file: ConfigFile
  /** `null`: there is no file. */
  readonly path: string | null
}

/**
 * Reads the file, if there is one, and the variables: what is set in the environment wins over the file.
 *
 * @throws CliFault that names the field and the line, or the variable.
 */
export async function readServeConfig(
  { config: given, ...flags }: ConfigFlags & { readonly config?: string },
  env: Environment,
): Promise<ServeConfig> {
  const path = given ?? env.WEAPP_CONFIG
  const file = path ? await readConfigFile(path, env) : emptyConfigFile
  const set = Object.entries(env).filter(([, value]) => value?.trim())
  return { config: readConfig({ ...file.variables, ...Object.fromEntries(set) }, flags), file, path: path || null }
}
