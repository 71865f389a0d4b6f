import type { Sentence } from '@weapp-auth/protocol/contract'
import { type Ref, ref, watchEffect } from 'vue'
import { readLanguage } from './read-language.ts'

/** The languages that every text of ours exists in. */
export type Language = keyof Sentence

const storageKey = 'weapp-auth.language'

/** The language of the page: what was chosen before, else the browser's; Chinese when it is neither of the two. */
export const language: Ref<Language> = ref(readLanguage(localStorage.getItem(storageKey), navigator.languages))

/** The sentence in the language of the page; templates follow when it changes. */
export function say(sentence: Sentence): string {
  return sentence[language.value]
}

/** Remembers the choice. */
export function chooseLanguage(chosen: Language): void {
  language.value = chosen
  localStorage.setItem(storageKey, chosen)
}

watchEffect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
})
