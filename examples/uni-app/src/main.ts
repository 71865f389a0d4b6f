import { createSSRApp } from 'vue'
import App from './App.vue'

// uni-app looks for this name.
export function createApp() {
  return { app: createSSRApp(App) }
}
