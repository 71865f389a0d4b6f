import { serveCommands } from './serve-commands.ts'

serveCommands({ port: 1 })
