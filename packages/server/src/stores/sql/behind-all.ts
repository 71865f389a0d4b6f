/** Behind every id there is. */
export const behindAllIds = 'g'

/** Behind every row number there is. */
export const behindAllRows = Number.MAX_SAFE_INTEGER
