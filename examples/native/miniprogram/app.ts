import { auth } from './auth'

// Logs in silently at launch, so that the server knows the user before the first tap.
App({ onLaunch: () => void auth.ready() })
