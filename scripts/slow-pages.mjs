/** Two minutes in a Chromium: `npm run test:frameworks` runs them, `npm test` stays short without. */
export const slowPages = ['packages/web/test/scenarios.test.ts', 'packages/web/test/accessibility.test.ts']
