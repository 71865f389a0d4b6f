/** The pages that are made from the registers: one table each, in both languages. */

/** The page of a register. */
export function pageOf(name, { title, source, rows }) {
  const lines = rows.map(row => `| ${[row.id, cell(row.title.en), cell(row.title.zh), proofCell(row)].join(' | ')} |`)
  return `# ${title.en} · ${title.zh}

${sourceLine(source)}Made from [${name}.json](${name}.json) by \`node scripts/registers.mjs\`; \`npm test\` proves that every test named here exists. 本页由
[${name}.json](${name}.json) 生成；\`npm test\` 会检查这里列出的每个测试都存在。

| id | what | 内容 | proof · 证明 |
| --- | --- | --- | --- |
${lines.join('\n')}
`
}

function sourceLine(source) {
  return source ? `Source · 出处：${source}\n\n` : ''
}

function proofCell({ proofs = [], document, reason, figures }) {
  const parts = proofs.map(({ file, test }) => `[${cell(test)}](../../${file})`)
  if (document) parts.push(`[${cell(document)}](../../${document})`)
  for (const text of [reason, figures]) if (text) parts.push(`${cell(text.en)} ${cell(text.zh)}`)
  return parts.join('<br>')
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}

/** The text with what stands between two marks replaced; throws when the marks are not there. */
export function between(text, name, made) {
  const [start, end] = [`<!-- ${name}: made by node scripts/registers.mjs -->`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`"${start}" and "${end}" must stand in the page`)
  return `${text.slice(0, from + start.length)}\n\n${made}\n\n${text.slice(to)}`
}
