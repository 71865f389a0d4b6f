import { useLaunch } from '@tarojs/taro'
import type { PropsWithChildren } from 'react'
import { auth } from './auth'
import '@weapp-auth/client/taro/style.css'
import './app.css'

export default function App({ children }: PropsWithChildren) {
  // Logs in silently at launch, so that the server knows the user before the first tap.
  useLaunch(() => {
    auth.ready()
  })
  return children
}
