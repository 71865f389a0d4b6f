import { Image, Text, View } from '@tarojs/components'
import type { ProfileOutcome } from '@weapp-auth/client/profile'
import { AvatarButton, NicknameInput } from '@weapp-auth/client/taro/react'
import { useState } from 'react'
import person from '../../assets/person.svg'
import { profile } from '../../auth'
import { Notice } from '../../parts/notice'
import { PrivacyDialog } from '../../parts/privacy-dialog'
import { text } from '../../texts'

/** WeChat gives avatar and nickname only when the user chooses them here; the components save them at once. */
export default function Profile() {
  const [outcome, told] = useState<ProfileOutcome | null>(null)

  return (
    <>
      <View className="hero">
        <AvatarButton profile={profile} label={text.chooseAvatar} onSaved={told} onDeclined={told} onFailed={told}>
          <Image className="portrait" src={person} mode="aspectFill" />
        </AvatarButton>
        <View className="faint">{text.chooseAvatarHint}</View>
      </View>
      <View className="card">
        <View className="row">
          <Text className="label">{text.nickname}</Text>
          <NicknameInput
            className="field"
            profile={profile}
            placeholder={text.nicknameHint}
            onSaved={told}
            onFailed={told}
          />
        </View>
      </View>
      <Notice of={outcome} />
      {outcome && !('message' in outcome) && (
        <View className="fine-print" ariaRole="status">
          {text.saved}
        </View>
      )}
      <PrivacyDialog />
    </>
  )
}
