/** The WeChat picture of somebody: the first letter of the name on a colour of its own, as a PNG of 132 by 132. */
export async function personPicture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const size = 132
  const canvas = new OffscreenCanvas(size, size)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser cannot draw')
  context.fillStyle = `hsl(${hueOf(name)} 52% 46%)`
  context.fillRect(0, 0, size, size)
  context.fillStyle = '#fff'
  context.font = '600 64px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText([...name][0] ?? '?', size / 2, size / 2 + 4)
  const blob = await canvas.convertToBlob({ type: 'image/png' })
  return new Uint8Array(await blob.arrayBuffer())
}

/** The same name has the same colour everywhere. */
export function hueOf(name: string): number {
  let sum = 0
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 360
  return sum
}
