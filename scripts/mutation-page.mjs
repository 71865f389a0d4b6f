/** The page `docs/security/mutation.md`: one row for each group of modules, as its last run found it. */
const head = `# Mutation testing · 变异测试

\`npm run test:mutation\` changes the core modules in thousands of small ways, one at a time, and runs the tests that prove
them: a change that no test notices is a hole in the tests. It fails below 90 %. Of one group alone:
\`npm run test:mutation -- verify\`. A group without a row has not been measured; a mutant that ran out of time counts as
found, and on a busy machine some do that for no other reason. 核心模块被逐处改动，每次一处，再运行证明它的测试：没有测试发现的改动
就是测试的漏洞，低于 90 % 即失败。没有列出的组尚未测量；超时算作被发现，机器繁忙时会有个别只因繁忙而超时。

What cannot be noticed because it changes nothing (a loop that looks once beyond the end, a buffer of another first size)
is left in the count as survived. \`*\`: measured with changes that came after the commit. 改了也等于没改的（多看一格的循环、初始
大小不同的缓冲区）仍按“存活”计入。\`*\`：在该提交之后的改动上测得。

| id | modules | 模块 | mutants 变异体 | killed 杀死 | timed out 超时 | survived 存活 | score 得分 | date 日期 | commit 提交 |
| --- | --- | --- | --: | --: | --: | --: | --: | --- | --- |
`

/** What a report of Stryker says in numbers; mutants that a comment in the code excludes do not count. */
export function countsOf(report) {
  const statuses = Object.values(report.files).flatMap(({ mutants }) => mutants.map(({ status }) => status))
  const count = (...names) => statuses.filter(status => names.includes(status)).length
  const killed = count('Killed')
  const timedOut = count('Timeout')
  const survived = count('Survived', 'NoCoverage')
  const mutants = killed + timedOut + survived
  return { mutants, killed, timedOut, survived, score: (100 * (killed + timedOut)) / mutants }
}

/** The row of a group. */
export function rowOf({ id, title }, { mutants, killed, timedOut, survived, score }, { date, commit }) {
  const numbers = [mutants, killed, timedOut, survived, `${score.toFixed(1)} %`]
  return `| ${[id, title.en, title.zh, ...numbers, date, commit].join(' | ')} |`
}

/** The page with these rows in the place of what it said of their groups, in the order of the groups. */
export function pageWith(page, rows, groups) {
  const known = new Map([...page.split('\n'), ...rows].map(line => [line.split(' | ')[0]?.replace('| ', ''), line]))
  return `${head}${groups.flatMap(({ id }) => known.get(id) ?? []).join('\n')}\n`
}
