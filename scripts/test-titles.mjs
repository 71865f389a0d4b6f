/** Reads which tests a file holds, so that a register can only name tests that exist and run. */
import ts from 'typescript'

/**
 * The titles of the tests of a source text as they are written there: the first argument of `test(...)` and `it(...)`,
 * of `test.each(...)(...)` and the like too. A template is given as its text between the backticks. A test that is
 * switched off by `skip` or `todo` proves nothing and is left out.
 */
export function titlesOf(text, name = 'a.test.ts') {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, false)
  const titles = new Set()
  const visit = node => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const title = literal(node.arguments[0], source)
      if (title !== undefined) titles.add(title)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return titles
}

function isTest(callee) {
  if (ts.isCallExpression(callee)) return isTest(callee.expression)
  if (!ts.isPropertyAccessExpression(callee)) return ts.isIdentifier(callee) && ['test', 'it'].includes(callee.text)
  return !['skip', 'todo'].includes(callee.name.text) && isTest(callee.expression)
}

function literal(node, source) {
  if (!node) return undefined
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  return ts.isTemplateExpression(node) ? node.getText(source).slice(1, -1) : undefined
}
