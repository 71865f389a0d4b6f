import type { Columns } from '../migrations/index.ts'

/** Longer than this it does not share the 65 535 bytes of a row ("Limits on Table Column Count and Row Size", MySQL). */
const mostInRow = 8192

/**
 * Columns of MySQL and MariaDB. `collation` compares text by its bytes, trailing spaces too.
 *
 * Neither has indexes of some rows only. Where such an index only saves space it has all rows; where no two rows may be
 * equal, a column beside it is 1 in the rows that count and NULL, which equals nothing, in the others.
 */
export function mysqlColumns(collation: string): Columns {
  const varchar = (max: number) => `VARCHAR(${max}) CHARACTER SET utf8mb4 COLLATE ${collation}`
  return {
    text: (name, max, empty) => column(name, varchar(max), empty, `"${name}" <> ''`),
    bytes: (name, max, empty) =>
      column(
        name,
        max > mostInRow ? 'MEDIUMBLOB' : `VARBINARY(${max})`,
        empty,
        `length("${name}") BETWEEN 1 AND ${max}`,
      ),
    integer: (name, empty) => column(name, 'BIGINT', empty),
    word: (name, words, empty) =>
      column(name, varchar(64), empty, `"${name}" IN (${words.map(word => `'${word}'`).join(', ')})`),
    rowNumber: name => `"${name}" BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY`,
    numbered: 'ENGINE = InnoDB',
    keyed: 'ENGINE = InnoDB',
    index: (name, table, column) => `CREATE INDEX ${name} ON ${table} (${column})`,
    uniqueIndex: (name, table, column, where) =>
      `ALTER TABLE ${table} ADD COLUMN ${name} TINYINT GENERATED ALWAYS AS (CASE WHEN ${where} THEN 1 END) STORED,
        ADD UNIQUE INDEX ${name} (${column}, ${name})`,
  }
}

function column(name: string, type: string, empty?: 'null', check?: string): string {
  return [`"${name}"`, type, empty ? '' : 'NOT NULL', check ? `CHECK (${check})` : ''].filter(Boolean).join(' ')
}
