/**
 * Who may import whom. A zone is a folder (the longest match wins); what it may import is a list of zones of ours and
 * of packages. `node:*` and packages that are not named are refused. Tests may also import what tests need.
 */
export const zones = {
  'packages/protocol/src': { may: ['packages/protocol/src/contract', 'packages/protocol/src/wechat'] },
  'packages/protocol/src/contract': { may: [] },
  'packages/protocol/src/wechat': { may: ['node:crypto'] },
  'packages/wechat/src': { may: ['protocol/wechat', 'undici', 'node:*'] },

  'packages/server/src/domain': { may: ['protocol/contract', 'uuid', 'awesome-phonenumber'] },
  'packages/server/src/ports': { may: ['protocol/contract', 'protocol/wechat', 'packages/server/src/domain'] },
  'packages/server/src/keys': {
    may: ['packages/server/src/domain', 'packages/server/src/ports', 'protocol/contract', 'node:crypto', 'jose'],
  },
  'packages/server/src/usecases': {
    may: [
      'packages/server/src/domain',
      'packages/server/src/ports',
      'packages/server/src/keys',
      'protocol',
      'protocol/contract',
      'protocol/wechat',
    ],
  },
  'packages/server/src/stores': {
    may: ['packages/server/src/ports', 'packages/server/src/domain', 'node:crypto'],
  },
  // An entry point of its own, over two ports that the stores' folders implement.
  'packages/server/src/transfer': {
    may: ['packages/server/src/ports', 'packages/server/src/usecases', 'node:crypto'],
  },
  // What the server tells, as metrics and spans; entry points of their own.
  'packages/server/src/observability': { may: ['packages/server/src/ports', 'prom-client', '@opentelemetry/api'] },
  'packages/server/src/limits': { may: ['packages/server/src/ports'] },
  // An entry point of its own; the driver's type is declared here, and whoever needs it installs it.
  'packages/server/src/redis': {
    may: ['packages/server/src/ports', 'packages/server/src/domain', 'packages/server/src/limits', 'node:crypto'],
  },
  // Entry points of their own; the SDKs are installed by whoever needs them.
  'packages/server/src/sms': {
    may: [
      'packages/server/src/ports',
      'packages/server/src/domain',
      'tencentcloud-sdk-nodejs-sms',
      '@alicloud/dysmsapi20170525',
    ],
  },
  // An entry point of its own; the library is installed by whoever needs it.
  'packages/server/src/passkeys': { may: ['packages/server/src/ports', 'protocol/contract', '@simplewebauthn/server'] },
  // For other people's processes: mounted in their web framework, and verifying tokens without a server.
  'packages/server/src/node': {
    may: ['packages/server/src/http', 'protocol/contract', 'node:http', 'node:stream', 'node:stream/promises'],
  },
  'packages/server/src/verify': { may: ['protocol/contract', 'jose'] },
  // The suite that every store passes; it is not part of the package.
  'packages/server/src/stores/contract.ts': { may: ['*'] },
  'packages/server/src/avatars': {
    may: ['packages/server/src/ports', 'node:crypto', 'node:fs/promises', 'node:path', 'aws4fetch'],
  },
  'packages/server/src/http': {
    may: [
      'packages/server/src/usecases',
      'packages/server/src/domain',
      'packages/server/src/ports',
      'packages/server/src/keys',
      'protocol/contract',
      'protocol/wechat',
      'node:net',
      'zod',
    ],
  },
  // Old wire formats: beside http, and built of its pieces.
  'packages/server/src/legacy': {
    may: [
      'packages/server/src/http',
      'packages/server/src/usecases',
      'packages/server/src/domain',
      'packages/server/src/ports',
      'packages/server/src/keys',
      'protocol/contract',
      'protocol/wechat',
    ],
  },
  'packages/server/src': {
    may: [
      'packages/server/src/domain',
      'packages/server/src/ports',
      'packages/server/src/keys',
      'packages/server/src/usecases',
      'packages/server/src/http',
      'packages/server/src/legacy',
      'packages/server/src/limits',
      'protocol/contract',
      'protocol/wechat',
      'node:crypto',
    ],
  },

  'packages/client/src/core': {
    may: ['packages/client/src/platform.ts', 'protocol/contract', 'protocol/identify-failure'],
  },
  'packages/client/src/platforms': {
    may: ['packages/client/src/core', 'packages/client/src/platform.ts', 'packages/client/src'],
  },
  'packages/client/src/bindings': { may: ['packages/client/src', 'protocol/contract', 'vue', 'react'] },
  'packages/client/src/components': {
    may: [
      'packages/client/src',
      'packages/client/src/bindings',
      'client',
      'client/profile',
      'client/vue',
      'vue',
      'react',
      '@tarojs/components',
    ],
  },
  'packages/client/src': { may: ['packages/client/src/core', 'protocol/contract', 'protocol/identify-failure'] },

  'packages/emulator/src/wx': { may: ['packages/emulator/src/types.ts'] },
  'packages/emulator/src': {
    may: ['packages/emulator/src/wx', 'protocol', 'protocol/wechat', 'hono', 'sm-crypto-v2', 'node:*'],
  },

  'packages/web/src/phone': {
    may: [
      'packages/web/src',
      'protocol/contract',
      'emulator',
      'emulator/wx',
      'client',
      'vue',
      'mini-program:native',
      'glass-easel',
      'glass-easel-miniprogram-adapter',
    ],
  },
  'packages/web/src/console': {
    may: [
      'packages/web/src',
      // A failure is handed to the simulator as a link.
      'packages/web/src/phone/scenario/scenario.ts',
      'packages/web/src/phone/scenario/scenario-link.ts',
      'protocol/contract',
      'protocol/errcodes',
      'protocol/explain',
      'vue',
      'vue-router',
      'chart.js',
      'uqr',
      '@simplewebauthn/browser',
    ],
  },
  'packages/web/src': { may: ['protocol/contract', 'vue'] },

  'packages/cli/src': { may: ['*'] },
  conformance: { may: ['*'], publicOnly: true },
  bench: { may: ['*'], publicOnly: true },
  'examples/native': {
    may: ['client/wx', 'client/behavior', 'client/profile', 'client/sms', 'client/consent', 'client/funnel'],
  },
  'examples/native/prepare.mjs': { may: ['node:*'] },
}
