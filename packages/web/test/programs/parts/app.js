App({
  onLaunch: () => {
    global.kept = typeof globalThis.Map
  },
})
