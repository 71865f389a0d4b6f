module.exports = api => {
  const compiler = api.caller(caller => (caller?.name === 'babel-loader' ? 'webpack5' : 'vite'))
  return { presets: [['taro', { framework: 'react', ts: true, compiler }]] }
}
