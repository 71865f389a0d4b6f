import { Button, Image, Input, Text, View } from '@tarojs/components'
import { useProfile } from '@weapp-auth/client/react'
import person from '../../assets/person.svg'
import { profile } from '../../auth'
import { Notice } from '../../parts/notice'
import { text } from '../../texts'

/** WeChat gives avatar and nickname only when the user chooses them here; a name is saved when its check has passed. */
export default function Profile() {
  const { avatarUrl, nickname, saving, outcome, onChooseAvatar, onNickname } = useProfile(profile)

  return (
    <>
      <View className="hero">
        <Button
          className="choose"
          openType="chooseAvatar"
          loading={saving === 'avatar'}
          onChooseAvatar={onChooseAvatar}
        >
          <Image className="portrait" src={avatarUrl ?? person} mode="aspectFill" />
          <View className="link">{text.chooseAvatar}</View>
        </Button>
      </View>
      <View className="card">
        <View className="row">
          <Text className="label">{text.nickname}</Text>
          <Input
            className="field"
            type="nickname"
            placeholder={text.nicknameHint}
            value={nickname ?? ''}
            onInput={onNickname}
            onBlur={onNickname}
            onConfirm={onNickname}
            onNickNameReview={onNickname}
          />
        </View>
      </View>
      <Notice of={outcome} />
      {outcome?.status === 'saved' && (
        <View className="fine-print" ariaRole="status">
          {text.saved}
        </View>
      )}
    </>
  )
}
