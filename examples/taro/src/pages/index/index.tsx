import { Button, Image, Text, View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import { useAuth } from '@weapp-auth/client/react'
import type { PhoneOutcome } from '@weapp-auth/client/taro'
import { PhoneButton } from '@weapp-auth/client/taro/react'
import { useState } from 'react'
import person from '../../assets/person.svg'
import { auth } from '../../auth'
import { Notice } from '../../parts/notice'
import { PrivacyDialog } from '../../parts/privacy-dialog'
import { text } from '../../texts'

const open = (page: string) => () => Taro.navigateTo({ url: `../${page}/index` })

export default function Index() {
  const { session, user, failure } = useAuth(auth)
  const [outcome, told] = useState<PhoneOutcome | null>(null)

  // With a session from an earlier day nothing was asked yet: ask once for the account.
  useDidShow(async () => {
    const login = await auth.ready()
    if (login.status === 'ready' && !login.user) await auth.fetchUser()
  })

  // Who has declined, or may not, can type the number.
  const otherWay = outcome !== null && outcome.status !== 'unavailable'
  const outside = session === 'out' || session === 'failed'
  return (
    <>
      <View className="card">
        <View className="row" onClick={open('profile')}>
          <Image className="avatar" src={user?.profile.avatarUrl ?? person} mode="aspectFill" />
          <View className="who">
            <View className="name">{user?.profile.nickname ?? text.member}</View>
            <View className="faint small">{user ? `ID ${user.id}` : outside ? text.loggedOut : text.loggingIn}</View>
          </View>
        </View>
        <View className="row">
          <Text className="label">{text.phone}</Text>
          <Text className={user?.phone ? 'value' : 'faint'}>{user?.phone?.masked ?? text.notYet}</Text>
        </View>
      </View>
      <Notice of={failure ?? (user?.phone ? null : outcome)} />
      <View className="actions">
        {session === 'out' ? (
          <Button className="button primary" onClick={() => auth.login()}>
            {text.logIn}
          </Button>
        ) : user?.phone ? (
          <>
            <Button className="button quiet" onClick={open('account')}>
              {text.account}
            </Button>
            <Button className="button quiet" onClick={open('profile')}>
              {text.profile}
            </Button>
          </>
        ) : (
          <>
            <PhoneButton auth={auth} onBound={told} onDelayed={told} onDeclined={told} onFailed={told} />
            {otherWay && (
              <Button className="button quiet other" onClick={open('sms')}>
                {text.bySms}
              </Button>
            )}
            <View className="fine-print">{text.finePrint}</View>
          </>
        )}
      </View>
      <PrivacyDialog />
    </>
  )
}
