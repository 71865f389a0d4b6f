import { auth } from './auth'

// Logs in silently at launch, so that the server knows the user before the first tap. The components find `auth` here.
App({ auth, onLaunch: () => void auth.ready() })
