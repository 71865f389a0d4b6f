/** `npm run build`: compiles everything, whether it changed or not. */
import { build, ensureInstalled, requireNode } from './bootstrap.mjs'

requireNode()
ensureInstalled()
build()
