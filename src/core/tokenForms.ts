/**
 * What tokens look like. Those with a mark of their issuer are matched by form; those without one only
 * when they are long and of upper case, lower case and digits in such disorder as names never are.
 */

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const marked = [
  // Models
  'sk-ant-[\\w-]{16,200}',
  'sk-(?:proj-|svcacct-|admin-)?[\\w-]{20,250}',
  '(?:gsk|xai|pplx|csk|nvapi|fw|tgp_v1|hf|api_org|r8)[_-][\\w-]{30,120}',
  'lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}',
  // Forges, packages and builds
  'gh[pousr]_[A-Za-z0-9]{20,255}',
  'github_pat_[A-Za-z0-9_]{20,255}',
  'gl(?:pat|ptt|dt|rt|soat|cbt|ft|agent|oas|imt|ffct|wt)-[\\w.-]{16,200}',
  'AT(?:BB|CTT3x|ATT3x|STT3x)[\\w=-]{24,400}',
  'npm_[A-Za-z0-9]{30,60}',
  'pypi-[\\w-]{30,300}',
  '(?:rubygems|CLOJARS|shippo_live|shippo_test|sgp|sgph)_[a-f0-9]{40,80}',
  '(?:oy2[a-z0-9]{43}|cio[A-Za-z0-9]{32})',
  'dckr_(?:pat|oat)_[\\w-]{20,60}',
  '(?:AKCp[A-Za-z0-9]{60,80}|cmVmdGtu[A-Za-z0-9]{50,60})',
  'bk(?:ua|aj|ct|pt|pi|rt)_[a-f0-9]{40}',
  'CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,24}_[a-f0-9]{40}',
  '(?:sq[upa]|pul|ico|rdme|dapi|tk-us)[_-]?[a-z0-9]{32,80}(?:-\\d)?',
  'pnu_[A-Za-z0-9]{36}',
  // Clouds
  '(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}',
  'AIza[\\w-]{35}',
  'ya29\\.[\\w-]{20,500}',
  'GOCSPX-[\\w-]{20,60}',
  '1//0[\\w-]{30,200}',
  '[\\w.~-]{3}\\dQ~[\\w.~-]{31,37}',
  'do[opr]_v1_[a-f0-9]{64}',
  'HRKU-[\\w-]{30,80}',
  '(?:nfp|nfc|nfo|nfu|sbp|sb_secret|sb_publishable|vcp|vck|vci|ntn|figd|figu|tfp|patpk)_[\\w-]{22,80}',
  'pscale_(?:tkn|pw|oauth)_[\\w=.-]{30,70}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
  'hv[sbr]\\.[\\w-]{20,300}',
  '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{50,80}',
  'tskey-[a-z]{3,12}-[A-Za-z0-9]{6,20}-[A-Za-z0-9]{10,50}',
  '(?:FlyV1 )?fo1_[\\w-]{40,50}|fm[12][ar]?_[\\w+/=-]{50,500}',
  // Monitoring
  'gls?[ac]_(?:eyJ)?[\\w+/=]{32,400}',
  'eyJrIjoi[\\w=]{30,300}',
  'NRAK-[A-Z0-9]{27}|NRJS-[a-f0-9]{19}|NRI[IQ]-[\\w-]{32}',
  'dt0[a-z]\\d\\d\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
  'sntry[us]_[\\w+/=-]{40,400}',
  'snyk_[a-z]{3}\\.[a-f0-9]{8}\\.[\\w-]{40,120}',
  'PMAK-[a-f0-9]{24}-[a-f0-9]{34}',
  // Messages and mail
  'xox[abeoprs][.-][\\w.-]{10,250}',
  'xapp-\\d-[\\w-]{10,250}',
  '[MNO][A-Za-z0-9]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40}',
  '\\d{8,10}:AA[\\w-]{33}',
  'SG\\.[\\w-]{16,40}\\.[\\w-]{16,80}',
  'key-[a-f0-9]{32}',
  '[a-f0-9]{32}-us\\d{1,2}',
  'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}',
  'SK[a-f0-9]{32}',
  // Money
  '(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,200}',
  'sq0[a-z]{3}-[\\w-]{20,60}',
  'access_token\\$(?:production|sandbox)\\$[a-z0-9]{10,24}\\$[a-f0-9]{32}',
  `(?:access|public|link)-(?:production|sandbox|development)-${uuid}`,
  'FLW(?:SECK|PUBK)(?:_TEST)?-[a-zA-Z0-9]{12,40}(?:-X)?',
  'EZ[AT]K[A-Za-z0-9]{54}',
  'duffel_(?:live|test)_[\\w=-]{43}',
  // Products
  'shp(?:at|ca|pa|ss|tka|ua)_[a-fA-F0-9]{32}',
  `(?:pat-(?:na|eu)\\d-|sdk-|mob-)${uuid}`,
  'lin_(?:api|oauth)_[A-Za-z0-9]{30,64}',
  'secret_[A-Za-z0-9]{43}',
  'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}',
  'CFPAT-[\\w-]{43}',
  'sk\\.eyJ[\\w-]{30,300}\\.[\\w-]{16,60}',
  'ops_eyJ[\\w+/=-]{60,800}',
  'sl\\.[\\w-]{60,1500}',
  'EAA[A-Za-z0-9]{60,300}',
  'A{20,24}[\\w%]{40,200}',
  'AGE-SECRET-KEY-1[A-Z0-9]{58}',
].join('|');

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

export const markedToken = new RegExp(`(?<![\\w-])(?:${marked})(?![A-Za-z0-9])`, 'dg');

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
  if (lower < 4 || upper < 4 || digits < 2) return false;
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
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|\/api\/webhooks\/\d{15,22}|webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook|chat\.googleapis\.com\/v1\/spaces|api\.telegram\.org\/bot|hooks\.zapier\.com\/hooks\/catch|maker\.ifttt\.com\/trigger)\/?(?<secret>[^\s"'<>)]{16,300})|[?&;](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|key|code|auth|ticket|sid|jwt|assertion)=(?<sent>[\w%.~+/=-]{16,2000})/dgi;
