import { onScopeDispose } from 'vue'

const rhythmMs = 30_000
/** Well below the half hour after which a session ends that nobody uses. */
const attentionMs = 600_000

let touchedAt = Date.now()
function touch(): void {
  touchedAt = Date.now()
}
for (const event of ['pointerdown', 'keydown', 'wheel'])
  addEventListener(event, touch, { capture: true, passive: true })

/**
 * Does it twice a minute while somebody looks. A page in the background, or one that nobody has touched for ten minutes,
 * asks nothing: otherwise it would keep the session of an operator who went away alive. Ends with the component.
 */
export function whileWatched(work: () => void): void {
  touch()
  const timer = setInterval(() => {
    if (!document.hidden && Date.now() - touchedAt < attentionMs) work()
  }, rhythmMs)
  onScopeDispose(() => clearInterval(timer))
}
