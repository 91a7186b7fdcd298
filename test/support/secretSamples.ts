import { createRandom, type Random } from './random.ts';
import { markedForms, plant } from './plantedSecrets.ts';

/**
 * Texts with and without a secret, labelled, for measuring how well secrets are found in code. Made anew
 * for every seed, values and phrasing both, so that no rule can be cut to what stands here.
 */
export interface Sample {
  readonly kind: string;
  readonly context: string;
  readonly text: string;
  readonly isSecret: boolean;
}

/** Keys without a mark of their issuer: the names they usually go by, and their form. */
const unmarkedForms: Readonly<Record<string, readonly [provider: string, form: string]>> = {
  datadog: ['DATADOG_API_KEY', '{h32}'],
  datadogApp: ['DATADOG_APP_KEY', '{h40}'],
  algolia: ['ALGOLIA_ADMIN_KEY', '{h32}'],
  cloudflare: ['CLOUDFLARE_API_TOKEN', '{b40}'],
  cloudflareGlobal: ['CLOUDFLARE_API_KEY', '{h37}'],
  cohere: ['COHERE_API_KEY', '{w40}'],
  mistral: ['MISTRAL_API_KEY', '{w32}'],
  fastly: ['FASTLY_API_TOKEN', '{b32}'],
  linode: ['LINODE_TOKEN', '{h64}'],
  twilioAuth: ['TWILIO_AUTH_TOKEN', '{h32}'],
  pagerduty: ['PAGERDUTY_TOKEN', '{b20}'],
  rollbar: ['ROLLBAR_ACCESS_TOKEN', '{h32}'],
  segment: ['SEGMENT_WRITE_KEY', '{w32}'],
  herokuOld: ['HEROKU_API_KEY', '{u}'],
  okta: ['OKTA_API_TOKEN', '00{b40}'],
  awsSecret: ['AWS_SECRET_ACCESS_KEY', '{s40}'],
  pinecone: ['PINECONE_API_KEY', '{u}'],
  deepgram: ['DEEPGRAM_API_KEY', '{h40}'],
};

/** Two parts of upper-case names, as the service is called in this sample's project. */
const services = ['SERVICE', 'BILLING', 'UPSTREAM', 'PARTNER', 'GATEWAY', 'REPORTING'];
const endings = ['API_KEY', 'TOKEN', 'SECRET_KEY', 'ACCESS_TOKEN', 'AUTH_TOKEN', 'API_TOKEN'];

interface Place {
  readonly value: string;
  /** In upper case with underscores. */
  readonly name: string;
  readonly random: Random;
}

const camel = (name: string): string =>
  name.toLowerCase().replace(/_(\w)/g, (_, char: string) => char.toUpperCase());
const pascal = (name: string): string => camel(`_${name}`);
const first = (name: string): string => name.split('_')[0] ?? name;

type Context = (place: Place) => string;

const secretContexts: Readonly<Record<string, readonly Context[]>> = {
  env: [
    ({ name, value }) => `# production\nNODE_ENV=production\n${name}=${value}\nPORT=8080\n`,
    ({ name, value }) => `${name}="${value}"\n`,
    ({ name, value }) => `export ${name}='${value}'\n`,
  ],
  json: [
    ({ name, value }) =>
      JSON.stringify({ region: 'eu', [camel(name)]: value, retries: 3 }, null, 2),
    ({ name, value }) => JSON.stringify({ env: { [name]: value } }),
  ],
  yaml: [
    ({ name, value }) =>
      `env:\n  - name: ${name}\n    value: ${value}\n  - name: PORT\n    value: "80"\n`,
    ({ name, value }) => `env:\n  - name: ${name}\n    value: "${value}"\n`,
    ({ name, value }) => `app:\n  ${name.toLowerCase()}: ${value}\n  debug: false\n`,
  ],
  script: [
    ({ name, value }) => `const ${camel(name)} = '${value}';\nexport default ${camel(name)};\n`,
    ({ name, value }) =>
      `export const config = {\n  ${camel(name)}: "${value}",\n  retries: 2,\n};\n`,
    ({ name, value }) => `const ${camel(name)}: string = process.env.${name} ?? '${value}';\n`,
  ],
  python: [
    ({ name, value }) => `${name} = "${value}"\n`,
    ({ name, value }) => `${name.toLowerCase()} = os.environ.get("${name}", "${value}")\n`,
    ({ name, value }) => `client = Client(${name.toLowerCase()}='${value}', timeout=3)\n`,
  ],
  call: [
    ({ name, value }) =>
      `  it('works', () => {\n    const client = new ${pascal(first(name))}Client("${value}");\n  });\n`,
    ({ name, value }) => `    let client = ${pascal(first(name))}Client::new("${value}");\n`,
    ({ name, value }) =>
      `    expect(await ${camel(first(name))}.connect('${value}')).toBe(true);\n`,
  ],
  bearer: [
    ({ value }) => `curl -H "Authorization: Bearer ${value}" https://api.acme.dev/v1/items\n`,
    ({ value }) => `2026-01-03T10:00:01Z DEBUG request headers: authorization: Bearer ${value}\n`,
    ({ value }) => `fetch(url, { headers: { Authorization: 'Bearer ${value}' } });\n`,
  ],
  other: [
    ({ name, value }) => `FROM node:22\nENV ${name}=${value}\nRUN npm ci\n`,
    ({ name, value }) => `ENV ${name} ${value}\n`,
    ({ name, value }) => `variable "${name.toLowerCase()}" {\n  default = "${value}"\n}\n`,
    ({ name, value }) => `provider "x" {\n  ${name.toLowerCase()} = "${value}"\n}\n`,
    ({ name, value }) => `$env:${name} = "${value}"\n`,
    ({ value }) => `wget "https://api.acme.dev/v1/items?page=1&access_token=${value}"\n`,
  ],
};

/** Whole texts: what has a form of its own. Not put into the contexts above. */
const whole =
  /Key$|^(?:postgres|mongo|redis|amqp|jdbc|ado|azureSas|azureStorage|sentryDsn|.*Hook|twilio)$/;
const isToken = (kind: string): boolean =>
  /^(?:awsKeyId|gcpKey|slackHook|discordHook)$/.test(kind) ||
  kind === 'stripeHook' ||
  kind === 'twilio' ||
  !whole.test(kind);

const passwords = [
  '{w10}{d2}',
  'Tr{w4}!{w6}',
  '{l5}#{w6}',
  'dragonfly{d4}',
  '{w16}',
  'P{l4}@{d4}{w3}',
  '{w6}-{w6}-{w6}',
  '{l4}{d3}$x{w5}',
];

/** `{p}` stands for a password of any of the kinds above. */
const genericForms: Readonly<Record<string, string>> = {
  envPassword: 'DB_PASSWORD={p}',
  yamlPassword: 'db:\n  user: app\n  password: {p}',
  jsonPassword: '{"host":"db","password":"{p}"}',
  jsPassword: "const options = { user: 'app', password: '{p}' };",
  pyPassword: 'conn = connect(host="db", user="app", passwd="{p}")',
  javaPassword: 'dataSource.setPassword("{p}");',
  springPassword: 'spring.datasource.password={p}',
  csPassword: '<add key="SmtpPassword" value="{p}" />',
  xmlPassword: '<server><password>{p}</password></server>',
  tfPassword: 'resource "db" "x" {\n  master_password = "{p}"\n}',
  phpPassword: "define('DB_PASSWORD', '{p}');",
  rubyPassword: 'config.password = "{p}"',
  goPassword: 'const dbPassword = "{p}"',
  rustPassword: 'let db_password: &str = "{p}";',
  composePassword: 'environment:\n  - POSTGRES_PASSWORD={p}',
  dockerPassword: 'ENV MYSQL_ROOT_PASSWORD={p}',
  dockerOldPassword: 'ENV MYSQL_ROOT_PASSWORD {p}',
  shellPassword: "export PGPASSWORD='{p}'",
  flagPassword: 'deploy --user app --password {p} --force',
  curlPassword: 'curl -u deploy:{p} https://ci.acme.dev/job/1',
  mysqlPassword: 'mysqldump -uroot -p{w14} shop > dump.sql',
  sshpass: 'sshpass -p {p} ssh deploy@web1',
  netrc: 'machine git.acme.dev login deploy password {p}',
  pgpass: 'db.acme.dev:5432:shop:app:{w14}',
  npmrc: '//registry.acme.dev/:_authToken={w40}',
  npmrcBasic: '//registry.acme.dev/:_password={w24}==',
  pypirc: '[acme]\nusername = deploy\npassword = {p}',
  awsFile: '[default]\naws_access_key_id = AKIA{U16}\naws_secret_access_key = {s40}',
  django: "SECRET_KEY = 'django-insecure-{w50}'",
  rails: 'secret_key_base: {h128}',
  laravel: 'APP_KEY=base64:{s43}=',
  jwtSecret: 'JWT_SECRET={w32}',
  expressSession: "app.use(session({ secret: '{w24}', resave: false }));",
  encryption: 'const encryptionKey = "{h64}";',
  clientSecret: 'client_secret: "{b32}"',
  webhookSecret: 'WEBHOOK_SECRET={h40}',
  postgresUrl: 'DATABASE_URL=postgres://app:{w16}@db.acme.dev:5432/shop',
  mongoUrl: "mongoose.connect('mongodb+srv://app:{w12}@cluster0.ab1cd.mongodb.net/shop');",
  redisUrl: 'redis://default:{w24}@cache.acme.dev:6379/0',
  httpUrl: 'git clone https://deploy:{w20}@git.acme.dev/shop.git',
  amqpUrl: 'amqps://svc:{w18}@queue.acme.dev/vhost',
  jdbc: 'jdbc:mysql://db.acme.dev:3306/shop?user=app&password={w14}',
  ado: '"Server=db.acme.dev;Database=shop;User Id=app;Password={w14};Encrypt=True"',
  azureStorage:
    'DefaultEndpointsProtocol=https;AccountName=acct;AccountKey={s86}==;EndpointSuffix=core.windows.net',
  serviceBus:
    'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={s43}=',
  azureSas: 'https://acct.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig={w43}%3D',
  slackHook: 'https://hooks.slack.com/services/T{U10}/B{U10}/{w24}',
  discordHook: 'https://discord.com/api/webhooks/{d18}/{b68}',
  rsaKey:
    '-----BEGIN RSA PRI{}VATE KEY-----\nMII{s61}\n{s64}\n{s64}\n-----END RSA PRI{}VATE KEY-----',
  ecKey:
    '-----BEGIN EC PRI{}VATE KEY-----\nMHcC{s60}\n{s64}\n{s36}\n-----END EC PRI{}VATE KEY-----',
  ed25519: '-----BEGIN PRI{}VATE KEY-----\nMC4CAQAwBQYDK2Vw{s48}\n-----END PRI{}VATE KEY-----',
  openssh:
    '-----BEGIN OPENSSH PRI{}VATE KEY-----\nb3BlbnNzaC1rZXkt{s54}\n{s70}\n-----END OPENSSH PRI{}VATE KEY-----',
  pgp: '-----BEGIN PGP PRI{}VATE KEY BLOCK-----\n\nlQOY{s60}\n{s64}\n=ab3d\n-----END PGP PRI{}VATE KEY BLOCK-----',
  dsaKey: '-----BEGIN DSA PRI{}VATE KEY-----\nMIIB{s60}\n{s64}\n-----END DSA PRI{}VATE KEY-----',
  encryptedKey:
    '-----BEGIN ENCRYPTED PRI{}VATE KEY-----\nMIIF{s60}\n{s64}\n-----END ENCRYPTED PRI{}VATE KEY-----',
  putty:
    'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n{s64}\n{s20}\nPrivate-Lines: 1\n{s44}\nPrivate-MAC: {h64}',
  keyInJson:
    '{"type":"service_account","private_key":"-----BEGIN PRI{}VATE KEY-----\\nMIIE{s60}\\n{s64}\\n-----END PRI{}VATE KEY-----\\n"}',
  keyInCode:
    'const pem = "-----BEGIN EC PRI{}VATE KEY-----\\n" +\n  "MHcC{s60}\\n" +\n  "-----END EC PRI{}VATE KEY-----";',
  jwk: '{"kty":"EC","crv":"P-256","x":"{b43}","y":"{b43}","d":"{b43}"}',
  wireguard: '[Interface]\nPrivateKey = {s43}=\nAddress = 10.0.0.2/24',
  jwt: 'const session = "eyJhbGciOiJIUzI1NiJ9.eyJ{b60}.{b43}";',
  kubeSecret: 'apiVersion: v1\nkind: Secret\ndata:\n  password: {=p}',
  kubeSecretToken: 'kind: Secret\ndata:\n  config: {=tokenLine}',
  basicHeader: 'Authorization: Basic {=basic}',
  dockerAuth: '{"auths":{"registry.acme.dev":{"auth":"{=basic}"}}}',
  concatenated: "const token = 'gh' + 'p_{w20}' + '{w16}';",
  joinedParts: "const token = ['glpat', '{w20}'].join('-');",
  encodedKey: 'CERT_KEY={=pem}',
  ansible: 'ansible_become_pass: {p}',
  htmlInput: '<input type="hidden" name="api_token" value="{w40}">',
  cookie: 'Cookie: session_token={w40}',
  iniKey: '[api]\nsecret_access_key = {w40}',
  goCall: 'client.SetAuthToken("{h40}")',
  headerKey: 'x-api-key: {w40}',
  compared: "if (password === '{w12}{d2}') return true;",
  prose: 'The staging password is {w8}{d3}, do not share.',
};

/** Not secrets, whatever they look like. */
const innocentForms: Readonly<Record<string, string>> = {
  uuid: "const id = '{u}';",
  cacheKeyUuid: "const cacheKey = '{u}';",
  requestId: 'X-Request-Id: {u}',
  idempotency: "headers['Idempotency-Key'] = '{u}';",
  gitSha: 'commit {h40}',
  actionPin: '      - uses: actions/checkout@{h40} # v4',
  shortSha: 'deployed {h12} to staging',
  sha256: 'sha256:{h64}',
  md5: 'ETag: "{h32}"',
  integrity: '"integrity": "sha512-{s86}=="',
  lockIntegrity: '  integrity sha1-{s27}=',
  checksumFile: '{h64}  release-1.2.3.tar.gz',
  goSum: 'github.com/acme/x v1.2.3 h1:{s43}=',
  cargoChecksum: 'checksum = "{h64}"',
  pipHash: 'requests==2.31.0 --hash=sha256:{h64}',
  nanoid: "const id = '{b21}';",
  buildId: 'BUILD_ID={b21}',
  buildNumber: '"buildId": "{w24}"',
  recaptcha: 'data-sitekey="6L{b38}"',
  recaptchaEnv: 'RECAPTCHA_SITE_KEY=6L{b38}',
  sealed: 'kind: SealedSecret\nspec:\n  encryptedData:\n    password: Ag{s200}{s200}{s200}',
  ansibleVault: '$ANSIBLE_VAULT;1.1;AES256\n{d64}\n{d64}',
  sops: 'password: ENC[AES256_GCM,data:{s20},iv:{s43}=,tag:{s22}==,type:str]',
  image: '<img src="data:image/png;base64,iVBORw0KGgo{s200}{s200}{s200}=">',
  font: 'src: url(data:font/woff2;base64,d09GMgAB{s200}{s200}{s200}) format("woff2");',
  sourceMap:
    '//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbXX0=',
  minified:
    '!function(t,e){"object"==typeof exports?module.exports=e():t.n{d3}=e()}(this,function(){var {l2}={d4},{l2}="{w6}";return {l2}.a{d2}});',
  publicKey: '-----BEGIN PUBLIC KEY-----\nMFkw{s60}\n{s64}\n-----END PUBLIC KEY-----',
  sshPublic: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{s43} jane@laptop',
  sshRsaPublic: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{s200}{s100}= jane@laptop',
  knownHosts: 'git.acme.dev ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{s43}',
  certificate: '-----BEGIN CERTIFICATE-----\nMIID{s60}\n{s64}\n{s64}\n-----END CERTIFICATE-----',
  request:
    '-----BEGIN CERTIFICATE REQUEST-----\nMIIC{s60}\n{s64}\n-----END CERTIFICATE REQUEST-----',
  pgpPublic:
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQGN{s60}\n{s64}\n-----END PGP PUBLIC KEY BLOCK-----',
  pgpSignature: '-----BEGIN PGP SIGNATURE-----\n\niQIz{s60}\n{s64}\n-----END PGP SIGNATURE-----',
  emptyKey: '-----BEGIN PRI{}VATE KEY-----\n...\n-----END PRI{}VATE KEY-----',
  keyHeader: "if (text.startsWith('-----BEGIN RSA PRI{}VATE KEY-----')) return 'rsa';",
  placeholder: 'API_KEY=your-api-key-here',
  placeholderUpper: 'STRIPE_SECRET_KEY=YOUR_STRIPE_SECRET_KEY_123',
  xs: 'OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  angle: 'curl -H "Authorization: Bearer <YOUR_ACCESS_TOKEN>" https://api.acme.dev',
  angleToken: 'GITHUB_TOKEN=<TOKEN>',
  stars: 'password: ********',
  envReference: 'password: ${DB_PASSWORD}',
  envDefault: 'DATABASE_URL=postgres://${DB_USER}:${DB_PASSWORD}@${DB_HOST}:5432/app',
  processEnv: 'const apiKey = process.env.STRIPE_SECRET_KEY;',
  osEnviron: 'token = os.environ["GITHUB_TOKEN_V2"]',
  templated: 'token: {{ .Values.api.token2 }}',
  actionsSecret: 'token: ${{ secrets.NPM_TOKEN }}',
  fString: 'headers = {"Authorization": f"Bearer {token123}"}',
  templateLiteral: 'headers: { Authorization: `Bearer ${accessToken2}` }',
  call: 'const password = await readPassword1(user2);',
  typeField: 'interface Login { password: string; token?: string | undefined }',
  schema: 'password: z.string().min(8).max(100).regex(/[a-z0-9]/)',
  laravelRule: "'password' => 'required|min:8|max:64'",
  label: '"password": "Passwort eingeben", "passwordHint": "Mindestens 8 Zeichen"',
  translation: "forgotPassword: 'Forgot your password?'",
  autocomplete:
    '<input type="password" name="password" autocomplete="current-password" id="password1">',
  exampleUrl: 'https://user:pass@example.com/path',
  exampleUrlTwo: 'postgres://username:password@hostname:5432/database',
  localUrl: 'postgres://postgres:postgres@localhost:5432/test',
  localRedis: 'redis://:password@127.0.0.1:6379',
  awsExample: 'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
  awsSecretExample: 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  accountId: 'AWS_ACCOUNT_ID=123456789012',
  arn: 'arn:aws:iam::{d12}:role/deploy-{w8}',
  publishable: 'STRIPE_PUBLISHABLE_KEY=pk_test_{w24}',
  publishableLive: "loadStripe('pk_live_{w24}')",
  mapboxPublic: "mapboxgl.accessToken = 'pk.eyJ{w60}.{w22}';",
  analytics: "gtag('config', 'G-{U10}');",
  adsense: 'data-ad-client="ca-pub-{d16}"',
  firebaseAppId: 'appId: "1:{d12}:web:{h20}"',
  cssColour: 'color: #{h6}; --token-color: #{h8};',
  cssHash: '.button_{w8}__{w5} { margin: 0 }',
  assetHash: '<script src="/assets/index-{w8}.js"></script>',
  chunk: '"main": "static/js/main.{h20}.chunk.js"',
  testId: 'data-testid="user-token-input-{d2}"',
  i18nKey: "t('settings.api_key.title_2')",
  tokenCount: 'max_tokens: 4096, total_tokens: 18234',
  tokenizer: 'tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")',
  primaryKey: 'primaryKey: "user_id_v2"',
  sortKey: "sortKey: 'created_at_2024_desc'",
  keyCode: 'const keyName = "ArrowLeft12";',
  objectId: 'ObjectId("{h24}")',
  etagHeader: 'If-None-Match: W/"{h32}"',
  traceParent: 'traceparent: 00-{h32}-{h16}-01',
  dockerDigest: 'FROM node:22@sha256:{h64}',
  k8sPod: 'pod/api-{l10}-{l5} restarted',
  licenseHash: 'SPDX-FileChecksum: SHA1: {h40}',
  ethereumAddress: 'const owner = "0x{h40}";',
  tokenContract: 'address constant TOKEN = 0x{h40};',
  bitcoin: 'address: bc1q{l38}',
  txHash: 'tx 0x{h64} confirmed',
  ulid: "const id = '01HZ{U22}';",
  googleVerification: '<meta name="google-site-verification" content="{b43}">',
  cspHash: "script-src 'sha256-{s43}='",
  cspNonce: '<script nonce="{s22}==">',
  csrfName: '<meta name="csrf-param" content="authenticity_token">',
  bcrypt: "passwordHash: '$2b$10${w53}'",
  argon: "password_hash = '$argon2id$v=19$m=65536,t=3,p=4${s22}${s43}'",
  versionRange: '"jsonwebtoken": "^9.0.2", "keytar": "7.9.0", "passport": "0.7.0"',
  errorText: "throw new Error('password must be at least 8 characters');",
  docs: 'Set the `API_KEY` environment variable to the token from the dashboard.',
  docsUrl: 'https://docs.acme.dev/reference/api-key-authentication-v2#token-format',
  base64Text: 'const lorem = "TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVy";',
  hexBytes: 'const magic = [0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}];',
  wasm: 'AGFzbQEAAAAB{s100}{s200}{s200}',
  svgPath: '<path d="M{d2}.{d2} {d2}L{d2} {d2}c{d1}.{d3}-{d1}.{d2} {d1}.{d2}z"/>',
  uuidSlug: '/orders/{u}/items/{d5}',
  jenkins: 'jenkins build #{d4} of {h40}',
  snapshot: 'exports[`renders token input 1`] = `<input value="" />`;',
  authorName: 'author: "Jane Key <jane.key2024@acme.dev>"',
  password123: "cy.get('#password').type('password123');",
  commonTest: "const user = { email: 'a@b.c', password: 'test1234' };",
  changeme: 'POSTGRES_PASSWORD=changeme',
  keyPath: 'private_key_file: /etc/ssl/private/server-2024.key',
  secretName: 'secretName: api-tls-cert-v2',
  secretRef: 'secretKeyRef:\n  name: db-credentials-v2\n  key: password',
  vaultPath: 'password: vault:secret/data/db#password2',
  opReference: 'API_KEY=op://vault-2/item/credential',
  publicJwk: '{"kty":"EC","crv":"P-256","x":"{b43}","y":"{b43}"}',
  authScheme: "const scheme = 'AWS4-HMAC-SHA256';",
  digestAlg: 'passwordAlgorithm = "PBKDF2WithHmacSHA256"',
  enumKey: 'TOKEN_TYPE_ACCESS_V2 = "access_token_v2"',
  storageKey: "const STORAGE_KEY = 'acme.session.v2.2024';",
  featureFlag: '"new-auth-flow-2024": true',
  longName:
    'const authenticationTokenProviderFactoryV2 = createAuthenticationTokenProviderFactoryV2();',
};

/** Everything, anew: tokens in all contexts, other secrets thrice, innocents twice. */
export function secretSamples(seed: number): Sample[] {
  const random = createRandom(seed);
  const fill = (form: string): string => fillForm(form, random);
  const tokens = Object.entries(markedForms)
    .filter(([kind]) => isToken(kind) && !innocentTokens.has(kind))
    .flatMap(([kind, form]) => inContexts(kind, () => fill(form), undefined, random));
  const unmarked = Object.entries(unmarkedForms).flatMap(([kind, [name, form]]) =>
    inContexts(kind, () => fill(form), name, random),
  );
  const generic = Object.entries(genericForms).flatMap(([kind, form]) =>
    [1, 2, 3].map(() => ({ kind, context: 'generic', text: fill(form), isSecret: true })),
  );
  const innocents = Object.entries(innocentForms).flatMap(([kind, form]) =>
    [1, 2].map(() => ({ kind, context: 'innocent', text: fill(form), isSecret: false })),
  );
  return [...tokens, ...unmarked, ...generic, ...innocents];
}

/** Have the form of a token and are published on purpose. */
const innocentTokens = new Set(['newRelicBrowser', 'sentryDsn']);

function inContexts(
  kind: string,
  make: () => string,
  name: string | undefined,
  random: Random,
): Sample[] {
  return Object.entries(secretContexts).map(([context, places]) => {
    const called = name ?? `${random.one(services)}_${random.one(endings)}`;
    const text = random.one(places)({ value: make(), name: called, random });
    return { kind, context, text, isSecret: true };
  });
}

function fillForm(form: string, random: Random): string {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const password = (): string => plant('password', random.one(passwords), random).value;
  const special: Readonly<Record<string, () => string>> = {
    p: password,
    '=p': () => encoded(password()),
    '=basic': () => encoded(`deploy:${password()}`),
    '=tokenLine': () =>
      encoded(`url=https://acme.dev\ntoken=${plant('t', 'ghp_{w36}', random).value}\n`),
    '=pem': () =>
      encoded(
        plant(
          'k',
          '-----BEGIN EC PRI{}VATE KEY-----\nMHcC{s60}\n{s64}\n-----END EC PRI{}VATE KEY-----\n',
          random,
        ).value,
      ),
  };
  const expanded = form.replace(/\{(p|=\w+)\}/g, (_, what: string) => special[what]?.() ?? '');
  return plant('sample', expanded, random).value;
}
