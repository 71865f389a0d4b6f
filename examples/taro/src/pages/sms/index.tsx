import { Button, Input, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { SmsOutcome, SmsVerifyOutcome } from '@weapp-auth/client/sms'
import { useState } from 'react'
import { sms } from '../../auth'
import { Notice } from '../../parts/notice'
import { text } from '../../texts'

/** For those who do not want WeChat's button: a number that is typed, proved by a code. */
export default function Sms() {
  const [number, setNumber] = useState('')
  const [code, setCode] = useState('')
  const [sent, setSent] = useState(false)
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<SmsOutcome | SmsVerifyOutcome | null>(null)

  async function wait<Outcome extends SmsOutcome | SmsVerifyOutcome>(answer: Promise<Outcome>): Promise<Outcome> {
    setBusy(true)
    const outcome = await answer
    setBusy(false)
    setOutcome(outcome)
    return outcome
  }

  async function send() {
    const { status } = await wait(sms.send(number))
    if (status === 'sent') setSent(true)
  }

  async function verify() {
    const outcome = await wait(sms.verify(code))
    if ('phone' in outcome) Taro.navigateBack()
  }

  return (
    <>
      <View className="card">
        <View className="row">
          <Input
            className="field"
            type="number"
            placeholder={text.number}
            value={number}
            onInput={({ detail }) => setNumber(detail.value)}
          />
          <Button className="plain" disabled={busy} onClick={send}>
            {sent ? text.sendAgain : text.sendCode}
          </Button>
        </View>
        {sent && (
          <View className="row">
            <Input
              className="field"
              type="number"
              maxlength={6}
              placeholder={text.code}
              value={code}
              onInput={({ detail }) => setCode(detail.value)}
            />
          </View>
        )}
      </View>
      <Notice of={outcome} />
      <View className="actions">
        <Button className="button primary" disabled={busy || !sent} loading={busy} onClick={verify}>
          {text.verify}
        </Button>
      </View>
    </>
  )
}
