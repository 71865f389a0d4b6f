import { defineConfig } from '@tarojs/cli'

/** One source, two runners: `--mode webpack5` builds with webpack 5, anything else with Vite. */
export default defineConfig((_, { mode }) => ({
  projectName: 'weapp-auth-example-taro',
  designWidth: 750,
  sourceRoot: 'src',
  outputRoot: mode === 'webpack5' ? 'dist/webpack5' : 'dist/vite',
  framework: 'react',
  compiler: mode === 'webpack5' ? 'webpack5' : 'vite',
  mini: {},
}))
