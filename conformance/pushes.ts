import { type StageOptions, worlds } from './stage.ts'

/** Every way in which WeChat pushes, in one process; and the usual one over real ports. */
export const pushes: readonly (readonly [string, StageOptions])[] = [
  ...(['secure', 'compatible', 'plain'] as const).flatMap(mode =>
    (['json', 'xml'] as const).map((format): [string, StageOptions] => [
      `${mode}, ${format}`,
      { push: { mode, format } },
    ]),
  ),
  ['keys with a space in front', { push: { keys: 'leading-space' } }],
  ['keys in lower case', { push: { format: 'xml', keys: 'lower-case' } }],
  ...worlds
    .filter(([, { ports }]) => ports)
    .map(([name, world]): [string, StageOptions] => [name, { ...world, push: {} }]),
]
