import type { Sentence } from '@weapp-auth/protocol/contract'
import { defaultDevice, type Scenario, type Step } from './scenario.ts'

const minute = 60_000
const tapPhone: Step = { do: 'tap', openType: 'getPhoneNumber', label: '' }
const allow: Step = { do: 'decide', decision: 'allow' }

type Part = Partial<Omit<Scenario, 'title' | 'see' | 'steps'>>

function scenario(title: Sentence, see: Sentence, steps: readonly Step[], part: Part = {}): Scenario {
  return {
    title,
    see,
    program: 'native',
    person: { name: '林小满 Lin Xiaoman', phones: ['+8612000000001'] },
    device: defaultDevice,
    decisions: {},
    network: 'wifi',
    privacy: false,
    phonePermitted: true,
    aheadMs: 0,
    faults: [],
    ...part,
    steps: [{ do: 'launch' }, ...steps],
  }
}

/** Stories to begin with; each plays on any program that has a phone button. */
export const gallery: readonly Scenario[] = [
  scenario(
    { zh: '一次点击就成功', en: 'One tap is enough' },
    {
      zh: '启动时已经静默登录，所以点一下、允许一次就够了。看记录：手机号在同一步里核实并写入数据库。',
      en: 'The silent login happened at launch, so one tap and one consent do it. Watch the journal: the number is checked and stored in a single step.',
    },
    [tapPhone, allow],
  ),
  scenario(
    { zh: '先拒绝，再允许', en: 'Declined, then allowed' },
    {
      zh: '拒绝不是错误：页面只说一句话，按钮还在。第二次允许照常成功，没有残留状态。',
      en: 'A refusal is no error: the page says one sentence and keeps the button. The second try succeeds, with nothing left over from the first.',
    },
    [tapPhone, { do: 'decide', decision: 'deny' }, { do: 'wait', ms: 600 }, tapPhone, allow],
  ),
  scenario(
    { zh: '004 的顺序陷阱：session_key 在别处换新', en: 'The ordering trap: the session_key was replaced' },
    {
      zh: '点击前，另一台设备登录使 session_key 换新，旧写法拿旧密钥解密必然失败。这里用的是手机号 code，所以一次点击仍然成功。',
      en: 'Another device logs in before the tap, so the session_key changes and decrypting with the old one must fail. The phone code is used here, so one tap still wins.',
    },
    [{ do: 'second-device' }, tapPhone, allow],
  ),
  scenario(
    { zh: '后台十分钟', en: 'Ten minutes in the background' },
    {
      zh: '小程序在后台挂起十分钟，定时器不走，登录 code 早已过期。回来后点一次就成功，因为会话不依赖那个 code。',
      en: 'The mini program sleeps for ten minutes; no timer runs and the login code is long dead. One tap succeeds afterwards, because the session does not depend on that code.',
    },
    [{ do: 'background', ms: 10 * minute }, tapPhone, allow],
  ),
  scenario(
    { zh: '在授权面板上想了十分钟', en: 'Ten minutes in front of the sheet' },
    {
      zh: '手机号 code 从面板打开时起只有五分钟，用户允许时它已过期。看记录里的红色一步，以及服务端如何改用密文救回这次点击。',
      en: 'The phone code lives five minutes from the moment the sheet opens, so it is dead when the person agrees. See the red step, and how the server saves the tap with the ciphertext.',
    },
    [tapPhone, { do: 'clock', ms: 10 * minute }, allow],
  ),
  scenario(
    { zh: '隐私指引挡在前面', en: 'The privacy gate' },
    {
      zh: '后台配置了用户隐私保护指引，第一次取手机号前必须先同意。看“状态”里的隐私一行，从“未同意”变为“已同意”。',
      en: 'The account has a privacy guideline, so consent comes before the first phone number. Watch the privacy line under State turn from not agreed to agreed.',
    },
    [tapPhone, { do: 'dialog', dialog: 'privacy', decision: 'allow' }, allow],
    { privacy: true },
  ),
  scenario(
    { zh: '提交结果时服务端不通', en: 'The server is down at the verdict' },
    {
      zh: '用户已经允许，提交手机号时服务端不通。客户端留着这份凭证，服务端恢复后几秒内用同一个 nonce 重发：不再弹出面板，也不用再点。',
      en: 'The person agreed, and the server is down when the number is submitted. The client keeps the proof and sends it again with the same nonce within seconds of its return: no second sheet, no second tap.',
    },
    [
      tapPhone,
      { do: 'network', network: 'no-server' },
      allow,
      { do: 'wait', ms: 3000 },
      { do: 'network', network: 'wifi' },
    ],
  ),
  scenario(
    { zh: '手快点了两下', en: 'A double tap' },
    {
      zh: '连续点两下，微信只打开一个面板，第二下按“取消”返回。号码只写入一次，页面也不报错。',
      en: 'Two taps in a row: WeChat opens one sheet and answers the second tap as cancelled. The number is stored once and the page shows no error.',
    },
    [{ ...tapPhone, times: 2 }, allow],
  ),
  scenario(
    { zh: '额度用完', en: 'The quota is used up' },
    {
      zh: '手机号组件的可用次数为零，事件返回 errno 1400001。页面给出可读的说明，而不是一串 errMsg。',
      en: 'No calls of the phone component are left and the event says errno 1400001. The page answers with a sentence that a person can read.',
    },
    [{ do: 'quota', left: 0 }, tapPhone],
  ),
  scenario(
    { zh: '登录的回应丢了，code 被用第二次', en: 'An answer got lost, the code comes twice' },
    {
      zh: '微信已经消耗了登录 code，但回应在路上丢了。重试时微信回答 40163；看客户端如何换新 code，用户毫无察觉。',
      en: 'WeChat spent the login code and the answer got lost on the way. The repeat hears 40163; see how a new code is fetched without the user noticing.',
    },
    [tapPhone, allow],
    { faults: [{ on: 'http', call: 'code2Session', fault: 'reset', when: 'after', times: 1 }] },
  ),
  scenario(
    { zh: '别人刷新了 access_token', en: 'Somebody else refreshed the access token' },
    {
      zh: '另一个进程用同一个 AppSecret 刷新了令牌，微信回答 40001。服务端先比较再刷新，只重试一次，用户那边一次成功。',
      en: 'Another process with the same secret refreshed the token and WeChat says 40001. The server compares before it refreshes and repeats once; the user sees one success.',
    },
    [tapPhone, allow],
    { faults: [{ on: 'http', call: 'getPhoneNumber', fault: { errcode: 40001 }, when: 'before', times: 1 }] },
  ),
  scenario(
    { zh: '个人主体没有权限', en: 'An account without the right' },
    {
      zh: '个人或未认证的小程序没有手机号权限，面板根本不会打开。页面应当说明原因并给出别的路。',
      en: 'A personal or unverified account may not use the phone button, so no sheet opens at all. The page should say so and offer another way.',
    },
    [tapPhone],
    { phonePermitted: false },
  ),
  scenario(
    { zh: '老安卓手机，没有 code', en: 'An old Android phone without a code' },
    {
      zh: '基础库 2.21.1 的事件里没有 code，只有密文，Android 的 errMsg 写法也不同。客户端提前确保服务端持有当前的 session_key。',
      en: 'Base library 2.21.1 gives a ciphertext and no code, and Android spells errMsg differently. The client makes sure beforehand that the server holds the current session_key.',
    },
    [tapPhone, allow],
    { device: { platform: 'android', sdkVersion: '2.21.1', oldPromises: false, width: 360 } },
  ),
]
