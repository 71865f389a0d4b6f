import { createApp } from 'vue'
import App from './app.vue'
import { router } from './router.ts'
import '../ui/tokens.css'
import '../ui/controls.css'
import './console.css'

createApp(App).use(router).mount('#app')
