import { View } from '@tarojs/components'
import { language } from '../texts'

/** The sentence that an outcome carries for the user; nothing for outcomes without one. */
export function Notice({ of }: { of: object | null }) {
  const message = of && 'message' in of && (of.message as Record<typeof language, string>)
  return message ? (
    <View className="notice" ariaRole="status">
      {message[language]}
    </View>
  ) : null
}
