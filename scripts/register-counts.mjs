/** What SECURITY.md tells of the registers: how much was tried, and how much of it is proved by tests. */

const names = {
  attacks: { en: 'attacks tried', zh: '尝试过的攻击' },
  faults: { en: 'faults survived, each in six flows', zh: '经受的故障（各含六个流程）' },
  races: { en: 'races run', zh: '并发竞争' },
  fuzz: { en: 'kinds of input fuzzed', zh: '随机变异的输入种类' },
  asvs: { en: 'requirements of OWASP ASVS 5.0', zh: 'OWASP ASVS 5.0 的要求' },
  privacy: { en: 'rules of privacy law and platform', zh: '隐私法规与平台规则' },
}

/** A table with a row for each register that there is: its rows, those proved by tests, and how many tests they name. */
export function countsTable(registers) {
  const lines = Object.keys(names).flatMap(name => {
    const found = registers.find(one => one.name === name)
    return found ? [lineOf(name, found.register.rows)] : []
  })
  const heading = ['what', '内容', 'rows · 项', 'by tests · 有测试', 'tests named · 测试数']
  return aligned([heading, ...lines])
}

function lineOf(name, rows) {
  const proved = rows.filter(row => row.proofs?.length)
  const tests = new Set(proved.flatMap(row => row.proofs.map(({ file, test }) => `${file} ${test}`)))
  const { en, zh } = names[name]
  return [`[${en}](docs/security/${name}.md)`, zh, ...[rows.length, proved.length, tests.size].map(String)]
}

/** As the formatter aligns it, in which a Chinese character is two columns wide. */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => widthOf(row[column]))))
  const line = cells =>
    `| ${cells.map((cell, column) => cell + ' '.repeat(widths[column] - widthOf(cell))).join(' | ')} |`
  const rule = `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n')
}

function widthOf(text) {
  return [...text].reduce((width, one) => width + (/[\u2e80-\uffef]/.test(one) ? 2 : 1), 0)
}
