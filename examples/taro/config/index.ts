import { defineConfig } from '@tarojs/cli'

export default defineConfig({
  projectName: 'weapp-auth-example-taro',
  designWidth: 750,
  sourceRoot: 'src',
  outputRoot: 'dist',
  framework: 'react',
  compiler: 'vite',
  mini: {},
})
