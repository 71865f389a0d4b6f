import { Button, View } from '@tarojs/components'
import { useSyncExternalStore } from 'react'
import { consent } from '../auth'
import { text } from '../texts'

/** WeChat's privacy guideline in the look of this mini program; without it WeChat shows a dialog of its own. */
export function PrivacyDialog() {
  const { step } = useSyncExternalStore(consent.subscribe, consent.state)
  if (step !== 'asking') return null
  return (
    <View className="veil">
      <View className="sheet">
        <View className="name">{text.privacy}</View>
        <View className="words">{text.privacyAsk}</View>
        <Button className="plain" onClick={() => consent.openGuideline()}>
          {text.guideline}
        </Button>
        <Button
          id="agree-privacy"
          className="button primary"
          openType="agreePrivacyAuthorization"
          onAgreePrivacyAuthorization={() => consent.agree('agree-privacy')}
        >
          {text.agree}
        </Button>
        <Button className="button quiet" onClick={() => consent.decline()}>
          {text.refuse}
        </Button>
      </View>
    </View>
  )
}
