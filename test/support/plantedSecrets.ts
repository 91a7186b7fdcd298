import { createRandom, type Random } from './random.ts';

/**
 * Format-valid secrets, made up at run time: `{w36}` in a form stands for 36 random characters of the
 * alphabet `w`. So no source holds a token, and a scanner of this repository has nothing to report.
 */
export interface Planted {
  readonly kind: string;
  readonly value: string;
  /** What must be found nowhere: the value's random parts, whole or in pieces of ten characters. */
  readonly needles: readonly string[];
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const word = lower + lower.toUpperCase() + digits;

const alphabets: Readonly<Record<string, string>> = {
  w: word,
  b: `${word}-_`,
  /** Standard base64. */
  s: `${word}+/`,
  h: `${digits}abcdef`,
  H: `${digits}ABCDEF`,
  d: digits,
  l: lower + digits,
  U: `${lower.toUpperCase()}234567`,
};

/** Forms of tokens that say by a mark of their own what they are. */
export const markedForms: Readonly<Record<string, string>> = {
  anthropic: 'sk-ant-api03-{b93}AA',
  anthropicAdmin: 'sk-ant-admin01-{b93}AA',
  anthropicOauth: 'sk-ant-oat01-{b93}AA',
  openai: 'sk-{w20}T3BlbkFJ{w20}',
  openaiProject: 'sk-proj-{b74}T3BlbkFJ{b74}',
  openaiService: 'sk-svcacct-{b60}',
  openrouter: 'sk-or-v1-{h64}',
  groq: 'gsk_{w52}',
  xai: 'xai-{w80}',
  perplexity: 'pplx-{w48}',
  replicate: 'r8_{w37}',
  huggingFace: 'hf_{w34}',
  langsmith: 'lsv2_pt_{h32}_{h10}',
  githubPersonal: 'ghp_{w36}',
  githubOauth: 'gho_{w36}',
  githubUser: 'ghu_{w36}',
  githubServer: 'ghs_{w36}',
  githubRefresh: 'ghr_{w36}',
  githubFine: 'github_pat_{w22}_{w59}',
  gitlab: 'glpat-{b20}',
  gitlabDeploy: 'gldt-{b20}',
  gitlabRunner: 'glrt-{b20}',
  gitlabPipeline: 'glptt-{h40}',
  bitbucket: 'ATBB{w32}',
  atlassian: 'ATATT3xFfGF0{b171}={H8}',
  awsKeyId: 'AKIA{U16}',
  awsSessionId: 'ASIA{U16}',
  gcpKey: 'AIza{b35}',
  gcpAccess: 'ya29.{b60}',
  gcpSecret: 'GOCSPX-{b28}',
  gcpRefresh: '1//0{b60}',
  azureClient: '{w3}8Q~{w34}',
  azureSas: 'https://acct.blob.core.windows.net/c?sv=2022-11-02&sig={w43}%3D',
  azureStorage: 'DefaultEndpointsProtocol=https;AccountName=acct;AccountKey={s86}==',
  slackBot: 'xoxb-{d12}-{d13}-{w24}',
  slackUser: 'xoxp-{d12}-{d12}-{d12}-{h32}',
  slackApp: 'xapp-1-A{U10}-{d13}-{h64}',
  slackHook: 'https://hooks.slack.com/services/T{U10}/B{U10}/{w24}',
  discordBot: 'M{w25}.{w6}.{b38}',
  discordHook: 'https://discord.com/api/webhooks/{d18}/{b68}',
  teamsHook: 'https://acme.webhook.office.com/webhookb2/{u}@{u}/IncomingWebhook/{h32}/{u}',
  telegram: '{d10}:AA{b33}',
  stripe: 'sk_live_{w24}',
  stripeLong: 'sk_live_{w99}',
  stripeTest: 'sk_test_{w24}',
  stripeRestricted: 'rk_live_{w24}',
  stripeHook: 'whsec_{w32}',
  square: 'sq0atp-{b22}',
  squareSecret: 'sq0csp-{b43}',
  paypal: 'access_token$production${l16}${h32}',
  plaid: 'access-production-{u}',
  shippo: 'shippo_live_{h40}',
  flutterwave: 'FLWSECK-{h32}-X',
  easypost: 'EZAK{w54}',
  npm: 'npm_{w36}',
  pypi: 'pypi-AgEIcHlwaS5vcmc{b120}',
  rubygems: 'rubygems_{h48}',
  clojars: 'CLOJARS_{h60}',
  nuget: 'oy2{l43}',
  crates: 'cio{w32}',
  docker: 'dckr_pat_{b27}',
  artifactory: 'AKCp{w69}',
  sendgrid: 'SG.{b22}.{b43}',
  mailgun: 'key-{h32}',
  mailchimp: '{h32}-us12',
  brevo: 'xkeysib-{h64}-{w16}',
  twilio: 'SK{h32}',
  digitalOcean: 'dop_v1_{h64}',
  digitalOceanOauth: 'doo_v1_{h64}',
  heroku: 'HRKU-AA{b58}',
  netlify: 'nfp_{w36}',
  supabase: 'sbp_{h40}',
  planetscale: 'pscale_tkn_{b43}',
  databricks: 'dapi{h32}',
  doppler: 'dp.pt.{w43}',
  vault: 'hvs.{b90}',
  vaultBatch: 'hvb.{b140}',
  terraform: '{w14}.atlasv1.{b64}',
  pulumi: 'pul-{h40}',
  tailscale: 'tskey-auth-{w12}-{w32}',
  flyio: 'fo1_{b43}',
  grafana: 'glsa_{w32}_{h8}',
  grafanaCloud: 'glc_eyJ{w80}',
  newRelic: 'NRAK-{U27}',
  newRelicBrowser: 'NRJS-{h19}',
  dynatrace: 'dt0c01.{U24}.{U64}',
  sentryUser: 'sntryu_{h64}',
  sentryOrg: 'sntrys_eyJ{w80}_{b43}',
  sentryDsn: 'https://{h32}@o447951.ingest.sentry.io/5429215',
  sonar: 'squ_{h40}',
  snykStyle: 'snyk_uat.{h8}.{b80}',
  postman: 'PMAK-{h24}-{h34}',
  shopify: 'shpat_{h32}',
  shopifySecret: 'shpss_{h32}',
  hubspot: 'pat-na1-{u}',
  linear: 'lin_api_{w40}',
  notion: 'ntn_{w46}',
  figma: 'figd_{b40}',
  airtable: 'pat{w14}.{h64}',
  contentful: 'CFPAT-{b43}',
  typeform: 'tfp_{b59}',
  readme: 'rdme_{l70}',
  prefect: 'pnu_{w36}',
  mapbox: 'sk.eyJ{w80}.{w22}',
  launchDarkly: 'sdk-{u}',
  buildkite: 'bkua_{h40}',
  circleci: 'CCIPAT_{w22}_{h40}',
  onePassword: 'ops_eyJ{w120}',
  dropbox: 'sl.{b135}',
  facebook: 'EAACEdEose0cBA{w80}',
  twitter: 'AAAAAAAAAAAAAAAAAAAAA{w80}',
  age: 'AGE-SECRET-KEY-1{U58}',
  stytch: 'secret-live-{b32}=',
  polar: 'polar_oat_{w43}',
  axiom: 'xaat-{u}',
  denoDeploy: 'ddp_{w36}',
  nexus: 'NpmToken.{u}',
  infisical: 'st.{h24}.{h32}.{h32}',
  mailersend: 'mlsn.{h64}',
  dbt: 'dbtu_{b43}',
  unleash: 'default:production.{h64}',
  percy: 'web_{h64}',
  firebase: 'AAAA{b7}:APA91b{b134}',
  wakatime: 'waka_{u}',
  amazonLogin: 'amzn1.oa2-cs.v1.{h64}',
  awsSession: 'IQoJb3JpZ2luX2Vj{s400}',
  inngest: 'signkey-prod-{h64}',
  porkbun: 'sk1_{h64}',
  cockroach: 'CCDB1_{w22}_{w40}',
  aiven: 'AVNS_{b19}',
  azureDevops: '{w75}AZDO{w4}',
  azureFunction: '{b44}AzFu{b6}==',
  convex: 'prod:happy-otter-123|eyJ{w60}',
  jwt: 'eyJ{b30}.eyJ{b60}.{b43}',
  postgres: 'postgres://app:{w16}@db.internal:5432/shop',
  mongo: 'mongodb+srv://app:{w20}@cluster0.mongodb.net/shop',
  redis: 'redis://:{w18}@cache:6379/0',
  amqp: 'amqp://svc:{w12}@queue:5672/%2f',
  jdbc: 'jdbc:mysql://db:3306/shop?user=app&password={w14}',
  ado: 'Server=db;Database=shop;User Id=app;Password={w14};Encrypt=True',
  rsaKey:
    '-----BEGIN RSA PRI{}VATE KEY-----\n{s64}\n{s64}\n{s40}==\n-----END RSA PRI{}VATE KEY-----',
  ecKey: '-----BEGIN EC PRI{}VATE KEY-----\n{s64}\n{s64}\n{s30}==\n-----END EC PRI{}VATE KEY-----',
  opensshKey:
    '-----BEGIN OPENSSH PRI{}VATE KEY-----\n{s70}\n{s70}\n{s70}\n{s30}\n-----END OPENSSH PRI{}VATE KEY-----',
  pkcs8Key: '-----BEGIN PRI{}VATE KEY-----\n{s64}\n-----END PRI{}VATE KEY-----',
  pgpKey:
    '-----BEGIN PGP PRI{}VATE KEY BLOCK-----\n\n{s64}\n{s64}\n={s4}\n-----END PGP PRI{}VATE KEY BLOCK-----',
};

/** Without a mark, but of upper and lower case and digits, and longer than any usual id. */
export const randomForms: Readonly<Record<string, string>> = {
  awsSecret: '{s40}',
  base62of32: '{w32}',
  base62of40: '{w40}',
  base62of64: '{w64}',
  base64of44: '{s43}=',
};

/** Look like hashes and ids: only what they are called tells. */
export const namedForms: Readonly<Record<string, string>> = {
  hex32: '{h32}',
  hex40: '{h40}',
  hex64: '{h64}',
  uuid: '{u}',
  base62of20: '{w20}',
  base32of52: '{l52}',
};

/** What people choose. */
export const passwordForms: Readonly<Record<string, string>> = {
  wordAndDigits: 'dragonfly{d4}',
  symbols: 'Tr0ub4dor!{w4}',
  generated: '{w16}',
};

/** `{{n}}` is a name of a secret in the style of the place, `{{v}}` the secret. */
export const contexts: Readonly<Record<string, (value: string) => string>> = {
  env: (value) => `SERVICE_API_KEY=${value}`,
  json: (value) => JSON.stringify({ region: 'eu', apiKey: value, retries: 3 }),
  yaml: (value) => `- name: SERVICE_TOKEN\n  value: ${value}`,
  call: (value) => `createClient("${value}")`,
  header: (value) => `authorization: Bearer ${value}`,
  url: (value) => `GET https://api.internal/v1/items?page=2&access_token=${value}&sort=asc`,
  text: (value) => `login with token ${value} was refused`,
  quoted: (value) => `const clientSecret = '${value}';`,
};

/** Where what a secret is called stands beside it. */
export const namedContexts: readonly string[] = ['env', 'json', 'header', 'url', 'text', 'quoted'];

export const passwordContexts: Readonly<Record<string, (value: string) => string>> = {
  env: (value) => `DB_PASSWORD=${value}`,
  json: (value) => JSON.stringify({ user: 'app', password: value }),
  escapedJson: (value) => JSON.stringify(JSON.stringify({ user: 'app', password: value })),
  python: (value) => `{'host': 'db', 'passwd': '${value}'}`,
  yaml: (value) => `  password: ${value}`,
  url: (value) => `POST /login?user=app&password=${value}`,
  quoted: (value) => `const dbPassword = "${value}";`,
  xml: (value) => `<password>${value}</password>`,
  flag: (value) => `mysql --user=app --password=${value} shop`,
  flagApart: (value) => `deploy --password ${value} --force`,
  text: (value) => `the password is ${value}`,
  header: (value) =>
    `Authorization: Basic ${Buffer.from(`app:${value}-${value}`).toString('base64')}`,
};

export interface Case extends Planted {
  readonly context: string;
  /** The secret as it stands in a text. */
  readonly text: string;
}

/** Every form in every context that fits it, each time with another value. */
export function plantedCases(seed: number): Case[] {
  const random = createRandom(seed);
  const all = Object.keys(contexts);
  return [
    ...combine(markedForms, contexts, all, random),
    ...combine(randomForms, contexts, all, random),
    ...combine(namedForms, contexts, namedContexts, random),
    ...combine(passwordForms, passwordContexts, Object.keys(passwordContexts), random),
  ];
}

function combine(
  forms: Readonly<Record<string, string>>,
  places: Readonly<Record<string, (value: string) => string>>,
  names: readonly string[],
  random: Random,
): Case[] {
  return Object.entries(forms).flatMap(([kind, form]) =>
    names.flatMap((context) => {
      const place = places[context];
      if (!place) return [];
      const planted = plant(kind, form, random);
      const text = place(planted.value);
      // A header of the kind Basic holds it in base64.
      const encoded = /Basic (\S+)/.exec(text)?.[1];
      const needles = encoded ? [...planted.needles, ...pieces(encoded)] : planted.needles;
      return [{ ...planted, needles, context, text }];
    }),
  );
}

export function plant(kind: string, form: string, random: Random): Planted {
  const parts: string[] = [];
  const value = form.replace(/\{(?:([a-zA-Z])(\d{0,3}))?\}/g, (_, alphabet: string, count) => {
    if (alphabet === undefined) return '';
    const made = alphabet === 'u' ? uuid(random) : make(alphabet, Number(count), random);
    parts.push(made);
    return made;
  });
  const isId = (part: string): boolean => /^\d+$/.test(part);
  const longest = parts.filter((part) => part.length >= 12 && !isId(part));
  const isWord = longest.length === 0;
  return { kind, value, needles: isWord ? [value] : longest.flatMap(pieces) };
}

function make(alphabet: string, count: number, random: Random): string {
  const chars = alphabets[alphabet] ?? word;
  // Never a separator at an end, as no issuer would make it so that it can't be selected.
  const one = (index: number): string => {
    const char = chars[random.below(chars.length)] ?? 'x';
    return (index === 0 || index === count - 1) && !/\w/.test(char.replace('_', '-')) ? 'k' : char;
  };
  return Array.from({ length: count }, (_, index) => one(index)).join('');
}

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((count) => make('h', count, random)).join('-');
}

const pieceChars = 10;

/** Beginning, middle and end: half a secret must not be left either. */
function pieces(text: string): string[] {
  const middle = Math.floor((text.length - pieceChars) / 2);
  return [0, middle, text.length - pieceChars].map((at) => text.slice(at, at + pieceChars));
}
