/** Minutes in a Chromium, and real processes that start, die and start again: `npm run test:slow`; `npm test` stays short. */
export const slowTests = [
  'packages/cli/src/behind-a-proxy.test.ts',
  'packages/cli/src/deploy-compose.test.ts',
  'packages/cli/src/deploy-kubernetes.test.ts',
  'packages/cli/src/deploy-systemd.test.ts',
  'packages/cli/src/several-processes.test.ts',
  'packages/cli/src/transfer.test.ts',
  'packages/cli/src/two-hosts.test.ts',
  'packages/web/test/accessibility.test.ts',
  'packages/web/test/avatar.test.ts',
  'packages/web/test/console-user.test.ts',
  'packages/web/test/console.test.ts',
  'packages/web/test/control.test.ts',
  'packages/web/test/dialogs.test.ts',
  'packages/web/test/programs.test.ts',
  'packages/web/test/scenarios.test.ts',
  'scripts/packages.test.mjs',
]
