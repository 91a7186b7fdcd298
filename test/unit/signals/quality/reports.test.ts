import assert from 'node:assert/strict';
import { readDiagnostics } from '../../../../src/signals/quality/diagnostics.ts';
import { readReport } from '../../../../src/signals/quality/readReport.ts';

const json = (value: unknown) => readReport('report.json', JSON.stringify(value));

describe('reports for the code analysis', () => {
  it('LCOV: adds up the records of a file, and prefers lines to sums', () => {
    const text = [
      'TN:one',
      'SF:src/a.ts',
      'DA:1,1',
      'DA:2,0',
      'DA:3,0',
      'LF:99',
      'LH:1',
      'end_of_record',
      'TN:two',
      'SF:src/a.ts',
      'DA:2,4',
      'end_of_record',
      'SF:C:\\app\\b.ts',
      'LF:10',
      'LH:4',
      'end_of_record',
      'SF:nonsense',
      'LF:x',
      'LH:9999999999999',
      'end_of_record',
    ].join('\r\n');
    assert.deepEqual(readReport('lcov.info', text)?.coverage, [
      { path: 'src/a.ts', found: 3, hit: 2, missed: [3] },
      { path: 'C:\\app\\b.ts', found: 10, hit: 4, missed: [] },
    ]);
  });

  const cobertura = (head: string, name = 'shop/cart.py') => `<?xml version="1.0" ?>
${head}
<coverage version="7.6" line-rate="0.5">
  <sources><source>/srv/app/src</source></sources>
  <packages><package name="shop"><classes>
    <class name="cart.py" filename="${name}"><methods/><lines>
      <line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
    <class name="inner" filename="${name}"><lines>
      <line number="2" hits="3"/><line number="9" hits="0"/></lines></class>
  </classes></package></packages>
</coverage>`;

  it('Cobertura: classes of a file add up, the source folder comes before', () => {
    const doctype =
      "<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>";
    for (const head of ['', doctype]) {
      assert.deepEqual(readReport('cobertura.xml', cobertura(head))?.coverage, [
        { path: '/srv/app/src/shop/cart.py', found: 3, hit: 2, missed: [9] },
      ]);
    }
  });

  it('Cobertura: takes no report that defines entities', () => {
    const bombs = [
      '<!DOCTYPE coverage [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
      '<!DOCTYPE coverage SYSTEM "x" [ <!ENTITY % file SYSTEM "file:///etc/passwd"> %file; ]>',
    ];
    for (const bomb of bombs) {
      assert.equal(readReport('cobertura.xml', cobertura(bomb, '&a;&b;')), undefined);
    }
    const path = readReport('cobertura.xml', cobertura('', '&file;&lt;x'))?.coverage?.[0]?.path;
    assert.equal(path, '/srv/app/src/&file;<x');
  });

  it('coverage.py: executed and missing lines', () => {
    const report = json({
      meta: { version: '7.6.1' },
      files: { 'shop/cart.py': { executed_lines: [1, 2], missing_lines: [5, 4, 'x', -1] } },
      totals: { percent_covered: 50 },
    });
    assert.deepEqual(report?.coverage, [
      { path: 'shop/cart.py', found: 4, hit: 2, missed: [4, 5] },
    ]);
  });

  it('SARIF: levels of rules, messages of rules, base folders; not what passed, is accepted or gone', () => {
    const place = (uri: string, line: number, uriBaseId?: string) => [
      {
        physicalLocation: {
          artifactLocation: { uri, ...(uriBaseId ? { uriBaseId } : {}) },
          region: { startLine: line },
        },
      },
    ];
    const report = json({
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'CodeQL',
              rules: [
                {
                  id: 'js/sql',
                  defaultConfiguration: { level: 'error' },
                  messageStrings: { default: { text: 'Built from {0}.' } },
                },
              ],
            },
          },
          originalUriBaseIds: { SRC: { uri: 'file:///build/' } },
          results: [
            {
              ruleId: 'js/sql',
              ruleIndex: 0,
              message: { id: 'default', arguments: ['input'] },
              locations: place('src/db.js', 7, 'SRC'),
            },
            { ruleId: 'js/x', message: { text: 'Hm.' }, locations: place('src/a.js', 1) },
            {
              ruleId: 'js/x',
              level: 'note',
              message: { text: 'n' },
              locations: place('src/a.js', 1),
            },
            {
              ruleId: 'js/x',
              kind: 'pass',
              message: { text: 'p' },
              locations: place('src/a.js', 1),
            },
            {
              ruleId: 'js/x',
              suppressions: [{ kind: 'inSource' }],
              message: { text: 's' },
              locations: place('src/a.js', 1),
            },
            {
              ruleId: 'js/x',
              baselineState: 'absent',
              message: { text: 'g' },
              locations: place('src/a.js', 1),
            },
            { ruleId: 'js/x', message: { text: 'nowhere' } },
          ],
        },
      ],
    });
    assert.deepEqual(report?.tools, ['CodeQL']);
    assert.deepEqual(
      report?.lint?.map((one) => [one.path, one.line, one.rule, one.severity, one.message]),
      [
        ['file:///build/src/db.js', 7, 'js/sql', 'error', 'Built from input.'],
        ['src/a.js', 1, 'js/x', 'warning', 'Hm.'],
      ],
    );
  });

  it('ESLint and Ruff: errors and warnings, and files that could not be read at all', () => {
    const eslint = json([
      {
        filePath: '/w/a.ts',
        messages: [
          { ruleId: 'no-undef', severity: 2, message: 'x is not defined', line: 3 },
          { ruleId: 'no-var', severity: 1, message: 'no var', line: 4 },
          { ruleId: null, fatal: true, severity: 2, message: 'Parsing error' },
        ],
      },
      { filePath: '/w/b.ts', messages: [] },
    ]);
    const brief = (report: ReturnType<typeof json>) =>
      report?.lint?.map((one) => [one.tool, one.rule, one.severity, one.line]);
    assert.deepEqual(brief(eslint), [
      ['ESLint', 'no-undef', 'error', 3],
      ['ESLint', 'no-var', 'warning', 4],
      ['ESLint', 'syntax', 'error', undefined],
    ]);
    const ruff = (code: string | null) => ({
      code,
      filename: '/w/a.py',
      location: { row: 2, column: 1 },
      message: 'm',
    });
    assert.deepEqual(brief(json([ruff('F821'), ruff('E501'), ruff(null)])), [
      ['Ruff', 'F821', 'error', 2],
      ['Ruff', 'E501', 'warning', 2],
      ['Ruff', 'syntax', 'error', 2],
    ]);
    assert.deepEqual(readReport('ruff-report.json', '[]'), { tools: ['Ruff'] });
  });

  it('what the editor shows, without hints, under the linter’s own name', () => {
    const one = { file: 'src/a.ts', line: 3, source: 'eslint', code: 'no-undef', message: 'm' };
    const report = readDiagnostics([
      { ...one, severity: 'error' },
      { ...one, severity: 'hint' },
      { ...one, severity: 'information' },
    ]);
    assert.deepEqual(
      report.lint?.map(({ tool, rule, severity }) => [tool, rule, severity]),
      [['ESLint', 'no-undef', 'error']],
    );
  });

  for (const text of [
    '',
    '{',
    '[1]',
    '{"runs":{}}',
    '[{"messages":3}]',
    '<html></html>',
    '<coverage',
    'hello',
    '\0\0',
    '{"files":{"__proto__":{}}}',
    '['.repeat(10_000),
  ]) {
    it(`is none: ${JSON.stringify(text.slice(0, 30))}`, () => {
      const report = readReport('x.json', text);
      assert.equal(report?.lint?.length ?? 0, 0);
      assert.equal(report?.coverage?.length ?? 0, 0);
    });
  }
});
