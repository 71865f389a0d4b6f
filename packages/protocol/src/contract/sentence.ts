/** The same sentence in Chinese and in English. */
export interface Sentence {
  readonly zh: string
  readonly en: string
}
