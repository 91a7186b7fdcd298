import assert from 'node:assert/strict';
import { scanSecrets } from '../../../src/core/secretScan.ts';
import { redact } from '../../../src/core/secrets.ts';
import { type Sample, secretSamples } from '../../support/secretSamples.ts';
import { hostileTexts } from '../../support/hostileTexts.ts';
import { plant } from '../../support/plantedSecrets.ts';
import { createRandom } from '../../support/random.ts';

const random = createRandom(77);
const make = (form: string): string => plant('x', form, random).value;
const isFound = ({ text }: Sample): boolean => scanSecrets(text).length > 0;
const listed = (samples: readonly Sample[]): string =>
  samples
    .map(({ kind, context, text }) => `${kind} (${context}): ${text.slice(0, 200)}`)
    .join('\n');

describe('finding secrets', () => {
  const samples = [101, 102].flatMap(secretSamples);
  const secrets = samples.filter(({ isSecret }) => isSecret);
  const innocents = samples.filter(({ isSecret }) => !isSecret);

  it('finds at least 95 % of the secrets of many issuers in many contexts', () => {
    const missed = secrets.filter((sample) => !isFound(sample));
    assert.ok(missed.length <= secrets.length * 0.05, listed(missed));
  });

  it('finds most in every context by itself', () => {
    for (const context of new Set(secrets.map((sample) => sample.context))) {
      const here = secrets.filter((sample) => sample.context === context);
      const missed = here.filter((sample) => !isFound(sample));
      assert.ok(missed.length <= here.length * 0.08, listed(missed));
    }
  });

  it('takes almost nothing for a secret that is none', () => {
    const wrong = innocents.filter(isFound);
    assert.ok(wrong.length <= innocents.length * (2 / 263), listed(wrong));
  });

  it('tells whose a secret is from what has to do with secrets', () => {
    const value = 'kV3tZq9LmX2rT8bNw5cHj4Ps';
    for (const name of ['SERVICE_TOKEN', 'storePassword', 'providerKey'])
      assert.equal(scanSecrets(`${name} = '${value}'`).length, 1, name);
    for (const name of ['tokenService', 'keyStore', 'PASSWORD_MANAGER'])
      assert.deepEqual(scanSecrets(`${name} = '${value}'`), [], name);
  });

  it('finds every character of a key in digits, and keys that are put together by any sign', () => {
    const key = make('AKIA{U16}');
    const codes = [...Buffer.from(key)];
    const hex = codes.map((code) => `0x${code.toString(16)}`);
    const [left, right] = [key.slice(0, 9), key.slice(9)];
    for (const text of [
      `const key = String.fromCharCode(${codes.join(', ')});`,
      `key := []byte{${hex.join(',')}}`,
      `key := []byte{${hex.join(',')},}`,
      `SELECT '${left}' || '${right}'`,
      `key = "${left}" <> "${right}"`,
      `key = "${left}""${right}"`,
      `key = '${left}'\n  .concat( '${right}')`,
      `key = "${left}" & _\n${' '.repeat(19)}"${right}"`,
    ])
      assert.ok(isFound({ kind: '', context: '', isSecret: true, text }), text);
  });

  it('finds a token that is broken over lines, written in digits or escaped', () => {
    const [left, right] = [make('ghp_{w14}'), make('{w22}')];
    const token = `${left}${right}`;
    const hex = Buffer.from(token).toString('hex');
    for (const text of [
      `export T=${left}\\\n${right}`,
      `curl -H "X-T: ${left}\\\r\n  ${right}" https://api.example.com`,
      `key = bytes.fromhex("${hex}")`,
      `var key = "${hex.replace(/../g, '\\x$&')}";`,
      `var key = "${hex.replace(/../g, '\\u00$&')}";`,
      `fetch("https://example.com/?t=${hex.replace(/../g, '%$&')}")`,
      `git clone https://oauth2:${token.replace('_', '%5F')}@gitlab.com/a/b.git`,
      `key = bytes([${[...Buffer.from(token)].join(', ')}]).decode()`,
      `char key[] = { ${hex.replace(/../g, '0x$&, ')}0 };`,
      `key = "${left}" .. "${right}"`,
      `key = "${left}" & _\n  "${right}"`,
      `key = '${left}'.concat('${right}')`,
      `key = \`\${'${left}'}\${'${right}'}\``,
      `key = ''.join(['${left}', '${right}'])`,
      `key := strings.Join([]string{"${left}", "${right}"}, "")`,
      `SELECT CONCAT('${left}', '${right}')`,
    ])
      assert.equal(scanSecrets(text).length, 1, text);
    for (const text of [
      `cc -O2 -o ${make('{h32}')}.o \\\n  src/${make('{h32}')}.c`,
      `sha256 = "${make('{h64}')}"`,
      `squares = [${Array.from({ length: 40 }, (_, i) => i * i).join(', ')}]`,
      `codes = [${Array.from({ length: 40 }, (_, i) => 60 + i).join(', ')}]`,
      `path = "%E3%83%86%E3%82%B9%E3%83%88%E3%81%AE%E3%83%9A%E3%83%BC%E3%82%B8"`,
      `const names = concat('${make('{w14}')}', '${make('{w22}')}');`,
      `const magic = "${make('{h32}').replace(/../g, '\\x$&')}";`,
    ])
      assert.deepEqual(scanSecrets(text), [], text);
  });

  it('finds what statements, addresses and headers of other schemes carry', () => {
    const password = make('{w9}#{w8}');
    for (const text of [
      `CREATE USER shop WITH PASSWORD '${password}';`,
      `ALTER ROLE shop WITH LOGIN PASSWORD '${password}';`,
      `CREATE USER 'shop'@'%' IDENTIFIED BY '${password}';`,
      `ALTER USER shop IDENTIFIED WITH caching_sha2_password BY "${password}";`,
      `<add key="ClearTextPassword" value="${password}" />`,
      make('https://api.telegram.org/bot{d10}:AA{b33}/sendMessage'),
      make('https://shop.azurewebsites.net/api/orders?code={b54}=='),
      make('https://shop.azurewebsites.net/api/orders?id=7&code={b54}=='),
      `request.setHeader('Authorization', '${make('SSWS 00{b40}')}')`,
      `curl -H 'auth: ${make('ApiKey {w60}')}=='`,
    ])
      assert.equal(scanSecrets(text).length, 1, text);
    for (const text of [
      "CREATE USER shop WITH PASSWORD '${password}';",
      "CREATE USER 'shop'@'%' IDENTIFIED BY 'password';",
      'ALTER USER shop IDENTIFIED BY :password;',
      'https://shop.azurewebsites.net/api/orders?code=pending',
      'the ApiKey authenticationHandlerForOrders is registered',
    ])
      assert.deepEqual(scanSecrets(text), [], text);
  });

  it('takes no image, file or id of a session for a token', () => {
    const [sha, md5] = [
      '4f2c8a91d3e5b7064f2c8a91d3e5b7064f2c8a91',
      '9f86d081884c7d659a2feaa0c55ad015',
    ];
    const uuid = '7b9e6d1c-3f2a-4e5b-8c7d-9a0b1c2d3e4f';
    for (const line of [
      `docker pull acme/web:build-12.${sha}${sha.slice(0, 24)}`,
      `uses: acme/setup@v1.${sha}`,
      `import list from './chunks/${md5}.bundleManifest12';`,
      `const game = new GameSession('${uuid}');`,
      `const shop = OrderApi.withTenant('${uuid}');`,
    ])
      assert.deepEqual(scanSecrets(line), [], line);
    for (const line of [
      `const mail = new MailClient('${uuid}');`,
      `mail = MailApi.from_api_key("${md5}")`,
      `flags: production:web.${sha}${sha.slice(0, 24)}`,
    ])
      assert.equal(scanSecrets(line).length, 1, line);
  });

  it('takes no sentence of a language without spaces for a password', () => {
    for (const line of [
      '"pass": "ARIA属性が定義されたロールに対して正しく使用されています",',
      "password: 'SMTPのパスワードを入力してください',",
      '"password": "请输入8位以上的SMTP密码"',
    ])
      assert.deepEqual(scanSecrets(line), [], line);
  });

  it('masks a generated key of a single digit, whatever stands around it', () => {
    const value = 'TXSmLSbLL5ksCESeGnDhnkEbWIQLVjwP';
    assert.ok(!redact(`it says ${value} and no more`).includes(value));
    const name = 'getUserAccountSettingsForRegion5Async';
    assert.ok(redact(`it calls ${name} and no more`).includes(name));
  });

  it('finds nothing that redaction would let through', () => {
    const leaks = secrets.filter(({ text }) => {
      const shown = redact(text);
      return scanSecrets(text).some(({ start, end }) => {
        const value = text.slice(start, end);
        return value.length >= 12 && !value.includes('\n') && shown.includes(value);
      });
    });
    assert.ok(leaks.length <= secrets.length * 0.01, `${leaks.length}\n${listed(leaks)}`);
  });

  it('says where, without what surrounds it', () => {
    const password = ['tr0u', 'b4dor', '#9x'].join('');
    const text = `# comment\nDB_PASSWORD="${password}"\n`;
    const found = scanSecrets(text);
    assert.deepEqual(
      found.map(({ rule, start, end }) => [rule, text.slice(start, end)]),
      [['password', password]],
    );
  });

  it('finds the same in a line of a megabyte as in one of its own', () => {
    const token = `${'gh'}p_${'a1B2c3D4e5F6'.repeat(3)}`;
    const text = `${'x=1;'.repeat(100_000)}k("${token}");${'y=2;'.repeat(100_000)}`;
    const found = scanSecrets(text);
    assert.deepEqual(
      found.map(({ start, end }) => text.slice(start, end)),
      [token],
    );
  });

  it('comes to an end on text made to be slow', () => {
    for (const text of hostileTexts(200_000)) {
      assert.ok(scanSecrets(text).every(({ start, end }) => end > start && end <= text.length));
    }
  });
});
