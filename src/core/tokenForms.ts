/**
 * What tokens look like. Those with a mark of their issuer are matched by form; those without one only
 * when they are long and of upper case, lower case and digits in such disorder as names never are.
 */

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Names of files and tags of images are of such forms, too. */
const notOfPath = '(?<![/@])';

/** One issuer's form. The order matters where one form is the beginning of another. */
interface TokenForm {
  readonly rule: string;
  /** Source of a pattern, without groups that capture. */
  readonly form: string;
}

const marked: readonly TokenForm[] = forms({
  // Models
  anthropic: 'sk-ant-[\\w-]{16,200}',
  openai: 'sk-(?:proj-|svcacct-|admin-|None-)?[\\w-]{20,250}',
  'model-host':
    '(?:gsk|xai|pplx|csk|nvapi|fw|tgp_v1|hf|api_org|r8|rpa|tvly|jina|pcsk|e2b|lsv2_(?:pt|sk)|pylf_v1_[a-z]{2}|wandb_v1)[_-][\\w-]{30,120}',
  firecrawl: 'fc-[a-f0-9]{32}',
  'model-session': 'sess-[A-Za-z0-9]{40}',
  zhipu: `${notOfPath}[a-f0-9]{32}\\.[A-Za-z0-9]{16}`,
  voyage: 'pa-[\\w-]{43}',
  modal: 'a[ks]-[A-Za-z0-9]{22}',
  browserbase: 'bb_(?:live|test)_[\\w-]{24,40}',
  // Forges, packages and builds
  github: `gh[pousr]_[A-Za-z0-9]{20,255}|${notOfPath}v1\\.[a-f0-9]{40}`,
  'github-fine-grained': 'github_pat_[A-Za-z0-9_]{20,255}',
  gitlab: 'gl(?:pat|ptt|dt|rt|soat|cbt|ft|agent|oas|imt|ffct|wt)-[\\w.-]{16,320}',
  'gitlab-runner': 'GR1348941[\\w-]{20}',
  atlassian: 'AT(?:BB|CTT3x|ATT3x|STT3x)[\\w=-]{24,400}',
  trello: 'ATTA[a-f0-9]{64}[A-F0-9]{8}',
  npm: 'npm_[A-Za-z0-9]{30,60}',
  pypi: 'pypi-[\\w-]{30,300}',
  packages:
    '(?:rubygems|CLOJARS|shippo_live|shippo_test|sgp|sgp_local|sgp_[a-f0-9]{16}|sgph)_[A-Za-z0-9]{40,80}',
  'nuget-or-crates': '(?:oy2[a-z0-9]{43}|cio[A-Za-z0-9]{32})',
  nexus: `NpmToken\\.${uuid}`,
  packagist: 'packagist_[a-z]{3}_[a-f0-9]{60,80}',
  docker: 'dckr_(?:pat|oat)_[\\w-]{20,60}',
  artifactory: '(?:AKCp[A-Za-z0-9]{60,80}|cmVm[dt][A-Za-z0-9]{50,64})',
  buildkite: 'bk(?:ua|aj|ct|pt|pi|rt)_[a-f0-9]{40}',
  circleci: 'CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,24}_[a-f0-9]{40}',
  'sonar-pulumi-databricks':
    '(?:sq[upa]|pul|ico|rdme|dapi|tk-us|s-s4t2(?:ud|af))[_-]?[\\w-]{32,80}(?:-\\d)?',
  prefect: 'pn[ub]_[A-Za-z0-9]{36}',
  harness: '(?:pat|sat)\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}',
  octopus: 'API-[A-Z0-9]{25,26}',
  // Clouds
  'aws-access-key-id': '(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}',
  'aws-session': '(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[\\w+/]{80,1500}={0,2}',
  amazon: `amzn\\.mws\\.${uuid}|amzn1\\.oa2-cs\\.v1\\.[a-f0-9]{64}`,
  'aws-bedrock': 'ABSK[\\w+/]{60,280}={0,2}|bedrock-api-key-[\\w+/=]{30,2000}',
  google: 'AIza[\\w-]{35}|AQ\\.Ab[\\w-]{40,80}',
  'google-oauth': 'ya29\\.[\\w-]{20,500}|GOCSPX-[\\w-]{20,60}|1//0[\\w-]{30,200}',
  azure:
    '[A-Za-z0-9]{75,76}AZDO[A-Za-z0-9]{4}|[\\w-]{44}A(?:zFu|zSe|Cog)[\\w-]{6,8}={0,2}|[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}',
  'azure-client-secret': '[\\w.~-]{3}\\dQ~[\\w.~-]{31,37}',
  digitalocean: 'do[opr]_v1_[a-f0-9]{64}',
  heroku: 'HRKU-[\\w-]{30,80}',
  platforms:
    '(?:nfp|nfc|nfo|nfu|sbp|sb_secret|sb_publishable|vcp|vck|vci|ntn|figd|figu|tfp|patpk|rnd|napi|xau|cfut|cfat|cfk)_[\\w.-]{22,90}',
  databases:
    'mdb_sa_sk_[\\w-]{30,60}|CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}|essu_[\\w+/=-]{30,120}|AVNS_[\\w-]{19,24}',
  backblaze: 'K00\\d[\\w+/]{27}',
  'deploy-keys': '(?:prod|dev|preview):[\\w-]{3,60}\\|eyJ[\\w+/=-]{20,300}',
  planetscale: 'pscale_(?:tkn|pw|oauth)_[\\w=.-]{30,70}',
  alibaba: 'LTAI[A-Za-z0-9]{12,24}',
  tencent: 'AKID[A-Za-z0-9]{32,36}',
  baidu: 'bce-v3/ALTAK-[A-Za-z0-9]{21}/[a-f0-9]{40}',
  yandex: 'AQVN[\\w-]{35,38}|YC[\\w-]{38}|t1\\.[\\w-]{20,200}={0,2}\\.[\\w-]{86}={0,2}',
  'cloudflare-origin': 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}',
  clickhouse: '4b1d[A-Za-z0-9]{38}',
  openshift: 'sha256~[\\w-]{43}',
  doppler: 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
  vault: 'hv[sbr]\\.[\\w-]{20,300}',
  terraform: '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{50,80}',
  tailscale: 'tskey-[a-z]{3,12}-[A-Za-z0-9]{6,20}-[A-Za-z0-9]{10,50}',
  flyio: '(?:FlyV1 )?fo1_[\\w-]{40,50}|fm[12][ar]?_[\\w+/=-]{50,500}',
  ngrok: '2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}',
  'defined-networking': 'dnkey-[\\w=-]{26}-[\\w=-]{52}',
  k3s: 'K10[a-f0-9]{64}::[\\w:-]{8,80}',
  settlemint: 'sm_[aps]at_[A-Za-z0-9]{16}',
  infisical: 'st(?:\\.[a-f0-9]{24})(?:\\.[a-f0-9]{32}){2}',
  bitwarden: `0\\.${uuid}\\.[A-Za-z0-9]{30}:[\\w+/]{22}==`,
  unleash: `${notOfPath}[\\w*-]{1,40}:[\\w*-]{1,40}\\.[a-f0-9]{56,64}`,
  flags: `api-${uuid}|ser\\.[A-Za-z0-9]{22}|secret-[A-Za-z0-9]{40,60}`,
  // Monitoring
  axiom: `xa(?:at|pt)-${uuid}`,
  // Builds and tests
  builds:
    '(?:hbp|ddp|dds|alcht|dbt[cu]|polar_[a-z]{2,4}|apify_api|vercel_blob_rw|tr_(?:prod|stg|dev|pat))_[\\w-]{20,80}|chpt_[a-f0-9]{12,40}|web_[a-f0-9]{64}',
  'signing-keys': 'signkey-(?:prod|test|branch)-[a-f0-9]{64}|[sp]k1_[a-f0-9]{64}',
  wakatime: `waka_${uuid}`,
  grafana: 'gls?[ac]_(?:eyJ)?[\\w+/=]{32,400}',
  'grafana-legacy': 'eyJrIjoi[\\w=]{30,300}',
  newrelic: 'NRAK-[A-Z0-9]{27}|NRJS-[a-f0-9]{19}|NRI[IQ]-[\\w-]{32}',
  dynatrace: 'dt0[a-z]\\d\\d\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
  sentry: 'sntry[us]_[\\w+/=-]{40,400}',
  snyk: 'snyk_[a-z]{3}\\.[a-f0-9]{8}\\.[\\w-]{40,120}',
  postman: 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}',
  posthog: 'ph[xc]_[A-Za-z0-9]{40,60}',
  honeycomb: 'hc[abxmn][ilm]k_[a-z0-9]{40,70}',
  maxmind: '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk',
  // Messages and mail
  slack: 'xox[abeoprs][.-][\\w.-]{10,250}|xapp-\\d-[\\w-]{10,250}',
  discord: '[MNO][A-Za-z0-9]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40}',
  telegram: '\\d{8,10}:AA[\\w-]{33}',
  sendgrid: 'SG\\.[\\w-]{16,40}\\.[\\w-]{16,80}',
  mailgun: 'key-[a-f0-9]{32}|[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}',
  mailchimp: '[a-f0-9]{32}-us\\d{1,2}',
  brevo: 'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}',
  mailersend: 'mlsn\\.[a-f0-9]{64}',
  firebase: '[\\w-]{11}:APA91b[\\w-]{130,140}',
  resend: 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}',
  twilio: 'SK[a-f0-9]{32}',
  // Money
  stripe: '(?:sk|rk|pk|whsec)_(?:(?:live|test|prod|dev|sbox)_)?[A-Za-z0-9]{16,200}',
  stytch: 'secret-(?:live|test)-[\\w-]{24,60}={0,2}',
  liveblocks: 'sk_(?:prod|dev)_[\\w-]{50,80}',
  square: 'sq0[a-z]{3}-[\\w-]{20,60}|EAAA[\\w-]{60}',
  paypal: 'access_token\\$(?:production|sandbox)\\$[a-z0-9]{10,24}\\$[a-f0-9]{32}',
  plaid: `(?:access|public|link)-(?:production|sandbox|development)-${uuid}`,
  flutterwave: 'FLW(?:SECK|PUBK)(?:_TEST)?-[a-zA-Z0-9]{12,40}(?:-X)?',
  easypost: 'EZ[AT]K[A-Za-z0-9]{54}',
  duffel: 'duffel_(?:live|test)_[\\w=-]{43}',
  razorpay: 'rzp_(?:live|test)_[A-Za-z0-9]{14,24}',
  paddle: 'pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_[A-Za-z0-9_]{22,32}',
  adyen: 'AQE[\\w+/]{60,300}-[\\w+/]{20,80}={0,2}-[\\w<>{}!&^%$#*()]{10,40}',
  // Products
  shopify: 'shp(?:at|ca|pa|ss|tka|ua)_[a-fA-F0-9]{32}',
  'hubspot-or-launchdarkly': `(?:pat-(?:na|eu|ap)\\d-|sdk-|mob-)${uuid}`,
  linear: 'lin_(?:api|oauth)_[A-Za-z0-9]{30,64}',
  notion: 'secret_[A-Za-z0-9]{43}',
  airtable: 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}',
  contentful: 'CFPAT-[\\w-]{43}',
  mapbox: '[sp]k\\.eyJ[\\w-]{30,300}\\.[\\w-]{16,60}',
  clickup: 'pk_\\d{6,12}_[A-Z0-9]{32}',
  asana: '[12]/\\d{10,20}(?:/\\d{10,20})?:[a-f0-9]{32}',
  frameio: 'fio-u-[\\w=-]{64}',
  adobe: 'p8e-[A-Za-z0-9_-]{32}',
  authress:
    '(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[\\w+/=-]{30,120}',
  salesforce: '00D[A-Za-z0-9]{12,15}![\\w.]{80,120}',
  onepassword:
    'ops_eyJ[\\w+/=-]{60,800}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}',
  dropbox: 'sl\\.[\\w-]{60,1500}',
  facebook: 'EAA[A-Za-z0-9]{60,300}|IGQ[A-Za-z0-9]{60,300}',
  linkedin: 'WPL_AP1\\.[A-Za-z0-9]{16}\\.[\\w+/]{6}==',
  sanity: 'sk[A-Za-z0-9]{80}',
  twitter: 'A{20,24}[\\w%]{40,200}',
  age: 'AGE-SECRET-KEY-1[A-Z0-9]{58}',
});

function forms(byRule: Readonly<Record<string, string>>): readonly TokenForm[] {
  return Object.entries(byRule).map(([rule, form]) => ({ rule, form }));
}

const [lowerCase, upperCase, digit, mark, joint] = [1, 2, 4, 8, 16] as const;

/** What each ASCII character may be in a token. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z]/.test(char)) return lowerCase;
  if (/[A-Z]/.test(char)) return upperCase;
  if (/\d/.test(char)) return digit;
  if (/[_-]/.test(char)) return mark;
  return /[+/]/.test(char) ? joint : 0;
});

/**
 * Whether the text has a run of at least `length` characters of the `allowed` classes for which `enough`
 * holds. A loop, since on most lines it has to go through all of it: three times as fast as a pattern.
 */
function hasRun(
  text: string,
  length: number,
  allowed: number,
  enough: (seen: number) => boolean,
): boolean {
  let run = 0;
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    const found = (classes[text.charCodeAt(index)] ?? 0) & allowed;
    if (found === 0) {
      run = 0;
      seen = 0;
      continue;
    }
    run += 1;
    seen |= found;
    if (run >= length && enough(seen)) return true;
  }
  return false;
}

/** True of every text that holds one of the forms above, of few others. */
export const tokenTrigger = {
  test: (text: string): boolean =>
    hasRun(text, 18, lowerCase | upperCase | digit | mark, (seen) => (seen & (digit | mark)) > 0) ||
    /xox|AKIA|ASIA/.test(text),
};

const anyForm = marked.map(({ form }) => form).join('|');

export const markedToken = new RegExp(`(?<![\\w-])(?:${anyForm})(?![A-Za-z0-9])`, 'dg');

/** Of a token's form, and made to be shown to everybody. */
export function isPublishable(token: string): boolean {
  return /^(?:pk_(?:live|test)_|pk\.eyJ|sb_publishable_|FLWPUBK|public-|link-|phc_)/.test(token);
}

/** Whose form a token has. */
export function issuerOf(token: string): string | undefined {
  return marked.find(({ form }) => new RegExp(`^(?:${form})$`).test(token))?.rule;
}

/** Of characters that keys are made of, sixteen without a break. */
export const longRun = {
  test: (text: string): boolean => hasRun(text, 16, mixed | mark | joint, () => true),
};

const mixed = lowerCase | upperCase | digit;

export const randomTrigger = {
  test: (text: string): boolean =>
    hasRun(text, 32, mixed | mark | joint, (seen) => (seen & mixed) === mixed),
};

/** Base64 and its URL form, whole. */
export const randomToken =
  /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{32,128}={0,2}(?![\w+/=-])|(?<![\w+=-])[\w-]{32,200}(?![\w+-])/dg;

/**
 * Whether no person made it up: of random letters and digits three of five neighbours are of different
 * classes, of names in camel case fewer; and there digits stand together, and every third letter is a vowel.
 */
export function looksGenerated(text: string): boolean {
  const chars = text.replace(/[^A-Za-z0-9]/g, '');
  if (chars.length < 28 || /[a-z]{9}|[A-Z]{9}/.test(chars)) return false;
  const count = (pattern: RegExp): number => chars.match(pattern)?.length ?? 0;
  const [lower, upper, digits] = [count(/[a-z]/g), count(/[A-Z]/g), count(/\d/g)];
  if (lower < 4 || upper < 4 || digits < 1) return false;
  const words = count(/[A-Z](?=[a-z])/g);
  const breaks = count(/[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])/g);
  if ((words + breaks) / chars.length < 0.44) return false;
  const vowels = count(/[aeiou]/gi) / (lower + upper);
  const share = breaks / chars.length;
  return share >= 0.33 || count(/\d+/g) >= 4 || (share >= 0.26 && vowels < 0.25);
}

/** `sha512-…`, `sha256:…`: says of itself that it is a checksum. */
export function isChecksum({ input = '', index = 0 }: RegExpMatchArray): boolean {
  return /sha(?:1|256|384|512)[-:_=][\w+/=-]{0,130}$/.test(
    input.slice(Math.max(0, index - 120), index + 10),
  );
}

/** A secret in an address: the path of a web hook, a signature. */
export const addressToken =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|\/api\/webhooks\/\d{15,22}|webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook|chat\.googleapis\.com\/v1\/spaces|api\.telegram\.org\/bot|hooks\.zapier\.com\/hooks\/catch|maker\.ifttt\.com\/trigger|\.azurewebsites\.net\/[^\s"'<>)]{1,200}?[?&]code=)\/?(?<secret>[^\s"'<>)]{16,300})|[?&;](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|key|code|auth|ticket|sid|jwt|assertion)=(?<sent>[\w%.~+/=-]{16,2000})/dgi;
