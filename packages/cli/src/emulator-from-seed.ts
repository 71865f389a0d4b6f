import { createEmulator, type Emulator, type EmulatorOptions, EmulatorRefusal } from '@weapp-auth/emulator'
import { pathOf, readYamlFile, type YamlFile } from './yaml-file.ts'

/**
 * An emulator with the options that a YAML or JSON file holds. A field that the emulator does not know is a mistake too.
 *
 * @param more wins over the file
 * @throws CliFault `data` that names the line and the field; `unavailable` when there is no such file
 */
export async function emulatorFromSeed(path: string, more: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  return plant(await readYamlFile(path, { zh: '种子文件', en: 'The seed file' }), more)
}

function plant({ value, fault, stray }: YamlFile, more: Partial<EmulatorOptions>): Emulator {
  try {
    const emulator = createEmulator(withMore(value, more))
    const wrong = stray()
    if (!wrong) return emulator
    emulator.close()
    throw wrong
  } catch (error) {
    throw error instanceof EmulatorRefusal ? fault(pathOf(error.field), error.text) : error
  }
}

/** Not spread: that would look at every field. */
function withMore(value: object, more: Partial<EmulatorOptions>): EmulatorOptions {
  const given = more as Readonly<Record<PropertyKey, unknown>>
  return new Proxy(value, {
    get: (target, key) => {
      const own: unknown = Reflect.get(target, key)
      return given[key] ?? own
    },
  }) as EmulatorOptions
}
