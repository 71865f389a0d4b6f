import { createApp } from 'vue'
import App from './app.vue'
import '../ui/tokens.css'
import '../ui/controls.css'

createApp(App).mount('#app')
