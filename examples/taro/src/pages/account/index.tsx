import { Button, Text, View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import { usePhone } from '@weapp-auth/client/react'
import type { PhonesAnswer, RequestOutcome, SessionsAnswer } from '@weapp-auth/client/taro'
import { useCallback, useEffect, useState } from 'react'
import { auth } from '../../auth'
import { Notice } from '../../parts/notice'
import { PrivacyDialog } from '../../parts/privacy-dialog'
import { day, language, text } from '../../texts'

export default function Account() {
  const { label, busy, openType, outcome, phoneTapped, onGetPhoneNumber } = usePhone(auth)
  const [phones, setPhones] = useState<PhonesAnswer['phones']>([])
  const [sessions, setSessions] = useState<SessionsAnswer['sessions']>([])
  const [failed, setFailed] = useState<RequestOutcome | null>(null)

  /** Any request of the app goes out like this; it waits for the login and carries the token. */
  const ask = useCallback(async (url: string, method: 'GET' | 'DELETE' = 'GET') => {
    const answer = await auth.request({ url, method })
    if (answer.status === 'answered') return answer.response.status < 300 ? answer.response.body : null
    setFailed(answer)
    return null
  }, [])

  const loadPhones = useCallback(async () => {
    const answer = await ask('/v1/me/phones')
    if (answer) setPhones((answer as PhonesAnswer).phones)
  }, [ask])

  const loadSessions = useCallback(async () => {
    const answer = await ask('/v1/me/sessions')
    if (answer) setSessions((answer as SessionsAnswer).sessions)
  }, [ask])

  useDidShow(() => {
    auth.fetchUser()
    loadPhones()
    loadSessions()
  })
  useEffect(() => {
    if (outcome && 'phone' in outcome) loadPhones()
  }, [outcome, loadPhones])

  async function endSession(id: string) {
    await ask(`/v1/me/sessions/${id}`, 'DELETE')
    await loadSessions()
  }

  async function logOut() {
    const { confirm } = await Taro.showModal({ title: text.logOut, content: text.logOutAsk, confirmText: text.logOut })
    if (!confirm) return
    await auth.logout()
    Taro.navigateBack()
  }

  const [current, ...former] = phones
  return (
    <>
      <View className="hero">
        <View className="label">{text.currentNumber}</View>
        <View className="digits">{current?.masked ?? '—'}</View>
        {current && <View className="faint">{`${text.verifiedAt} ${day(current.verifiedAt)}`}</View>}
      </View>
      <Notice of={outcome && 'message' in outcome ? outcome : failed} />
      {former.length > 0 && (
        <>
          <View className="heading">{text.history}</View>
          <View className="card">
            {former.map(({ masked, verifiedAt, replacedAt }) => (
              <View key={verifiedAt} className="row">
                <Text className="value">{masked}</Text>
                <Text className="faint small">{`${text.until} ${day(replacedAt ?? verifiedAt)}`}</Text>
              </View>
            ))}
          </View>
        </>
      )}
      {sessions.length > 0 && (
        <>
          <View className="heading">{text.sessions}</View>
          <View className="card">
            {sessions.map(session => (
              <View key={session.id} className="row">
                <Text className="value">{text.devices[session.device]}</Text>
                {session.current ? (
                  <Text className="faint small">{text.thisDevice}</Text>
                ) : (
                  <Button className="plain" onClick={() => endSession(session.id)}>
                    {text.endSession}
                  </Button>
                )}
              </View>
            ))}
          </View>
        </>
      )}
      <View className="actions">
        <Button
          className="button quiet"
          openType={openType}
          disabled={busy}
          loading={busy}
          onClick={phoneTapped}
          onGetPhoneNumber={onGetPhoneNumber}
        >
          {label[language]}
        </Button>
        <Button className="button danger" onClick={logOut}>
          {text.logOut}
        </Button>
      </View>
      <PrivacyDialog />
    </>
  )
}
