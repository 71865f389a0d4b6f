import { createApp } from 'vue'
import App from './app.vue'
import '../ui/tokens.css'

createApp(App).mount('#app')
