import { Button, Text, View } from '@tarojs/components'
import { useDidShow } from '@tarojs/taro'
import type { PhoneOutcome } from '@weapp-auth/client/taro'
import { useEffect, useState } from 'react'
import { auth } from '../../auth'
import { language, text } from '../../texts'

type Retry = () => Promise<PhoneOutcome>

export default function Index() {
  const [{ session, phone, user, failure }, setState] = useState(auth.state())
  const [retryPhone, setRetryPhone] = useState<Retry | null>(null)
  const [said, setSaid] = useState('')

  useEffect(() => {
    setState(auth.state())
    return auth.subscribe(setState)
  }, [])

  // With a session from an earlier day nothing was asked yet: ask once for the account.
  useDidShow(async () => {
    const login = await auth.ready()
    if (login.status === 'ready' && !login.user) await auth.fetchUser()
  })

  /** Every outcome without a phone carries a sentence for the user; `unavailable` can be repeated without a tap. */
  async function tell(submission: Promise<PhoneOutcome>) {
    const outcome = await submission
    setRetryPhone(() => (outcome.status === 'unavailable' ? outcome.retry : null))
    setSaid('phone' in outcome ? '' : outcome.message[language])
  }

  const outside = session === 'failed' || session === 'out'
  const busy = session === 'starting' || session === 'logging-in' || phone !== 'idle'
  const notice = failure?.message[language] ?? said
  const accountLine = outside ? text.loggedOut : user ? `ID ${user.id.slice(-8)}` : text.loggingIn
  const waiting = { type: 'primary', disabled: busy, loading: busy } as const

  return (
    <>
      <View className="card">
        <View className="row">
          <Text className="name">{text.member}</Text>
          <Text className="faint">{accountLine}</Text>
        </View>
        <View className="row">
          <Text className="label">{text.phone}</Text>
          <Text className={user?.phone ? 'number' : 'faint'}>{user?.phone?.masked ?? text.notYet}</Text>
        </View>
      </View>
      {notice && (
        <View className="notice" ariaRole="status">
          {notice}
        </View>
      )}
      <View className="actions">
        {outside ? (
          <Button {...waiting} onClick={() => auth.login()}>
            {text.logIn}
          </Button>
        ) : retryPhone ? (
          <Button {...waiting} onClick={() => tell(retryPhone())}>
            {text.sendAgain}
          </Button>
        ) : (
          <Button
            {...waiting}
            openType="getPhoneNumber"
            onClick={() => auth.phoneTapped()}
            onGetPhoneNumber={event => tell(auth.bindPhone(event))}
          >
            {busy ? text.busy : user?.phone ? text.change : text.bind}
          </Button>
        )}
        {user && (
          <Button className="quiet" onClick={() => auth.logout()}>
            {text.logOut}
          </Button>
        )}
      </View>
    </>
  )
}
