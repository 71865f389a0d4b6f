/**
 * The n-th user of a file, as a number below a hundred million that comes once: openids and phone numbers lie all over
 * their indexes, as those of real people do. 61,803,399 has no factor in common with 100,000,000.
 */
export const userOf = (n: number): number => (n * 61_803_399) % 100_000_000
