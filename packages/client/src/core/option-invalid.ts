/** An option or argument that cannot be used: a mistake of the program, thrown where it is made. */
export class OptionInvalid extends Error {
  readonly code: 'option_invalid'
  /** Name of the option, such as `baseUrl`. */
  readonly option: string

  constructor(option: string, en: string, zh: string) {
    super(`"${option}" ${en} / "${option}" ${zh}`)
    this.name = 'OptionInvalid'
    this.code = 'option_invalid'
    this.option = option
  }
}
