/** WeChat's design width: 750 rpx are the width of the page, whatever the device. */
const RPX_PER_PAGE_WIDTH = 750

/**
 * Rewrites the units of one CSS value or declaration list for a size container: `rpx`, `vw` and `vh` become shares of
 * the page, the safe area comes from the phone frame.
 *
 * @example
 * toContainerUnits('width: 375rpx') // 'width: 50cqw'
 */
export function toContainerUnits(value: string): string {
  return value
    .replace(/(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/g, (_, amount: string) => `${share(Number(amount))}cqw`)
    .replace(/(\d)v([wh])\b/g, '$1cq$2')
    .replace(/env\(\s*safe-area-inset-(top|right|bottom|left)\s*\)/g, 'var(--safe-area-inset-$1, 0px)')
}

function share(rpx: number): number {
  return Number(((rpx / RPX_PER_PAGE_WIDTH) * 100).toFixed(5))
}
