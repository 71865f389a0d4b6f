/** An option or argument that cannot be used: a mistake of the program, thrown where it is made. */
export class OptionInvalid extends Error {
  declare readonly code: 'option_invalid'
  /** Name of the option, such as `baseUrl`. */
  declare readonly option: string

  constructor(option: string, en = 'must be given', zh = '必须提供') {
    super(`"${option}" ${en} / "${option}" ${zh}`)
    this.name = 'OptionInvalid'
    this.code = 'option_invalid'
    this.option = option
  }
}
