/** What a value is called, and whether that says that it must stay secret. */

/** A password may be anything; a key must look like one. */
export type NameKind = 'password' | 'key';

export const secretWord =
  /pass(?:word|wd|phrase|code)?|pwd|secret|token|key|credential|creds|auth|session|cookie|salt|signature|webhook|dsn|bearer|\bsig\b/gi;

/** Of a name's words: what is called so is about a secret or something else, and is none. */
const notSecret =
  /^(?:hash(?:ed|es)?|public|pub|site|cache|primary|foreign|sort|partition|hash|index|length|min|max|policy|regex|pattern|type|types|field|label|placeholder|title|message|msg|error|errors|prompt|text|expiry|expires|expiration|expire|ttl|timeout|lifetime|age|count|limit|budget|usage|used|header|headers|prefix|suffix|version|algorithm|alg|format|encoding|tokenizer|tokens|sealed|encrypted|checksum|digest|fingerprint|thumbprint|integrity|sha|sha1|sha256|sha512|url|uri|endpoint|path|file|filename|dir|folder|name|names|arn|ref|idempotency|dedupe|dedup|react|react_key|translation|i18n|locale|map|object|storage|recaptcha|captcha|turnstile|lookup|row|column|group|routing|query|param|hint|reset|change|forgot|input|help|description|desc|rule|rules|mask|enabled|required|valid|invalid|check|strength|confirm|confirmation|page|link|route|event|icon|kind|mode|code_challenge|nonce|csrf|xsrf|trace|span|commit|rev|revision|etag|keyboard|monkey|keyframes|keyword|keywords|author|authority|authors|compass|passed|passing|passive|passenger|pass_through|bypass|passport|uuid|guid|manager|provider|store|service|status|state|size|scheme|strategy|audience|issuer|scope|scopes|client_id|publishable|anon|websocket|socket|verify|verification|block|chunk|key_?id)$/;

const passwordWords =
  /^(?:password|passwd|passwort|pwd|pass|passphrase|passcode|pw|dbpass|dbpassword|userpass|userpassword|adminpassword|rootpassword|pgpassword|mysqlpassword|keypass|storepass|sshpass|requirepass|masterauth|bindpw|rootpw|passwordhash_?)$/;

const keyWords =
  /^(?:secret|secrets|token|key|apikey|appkey|accesskey|secretkey|authkey|privatekey|signingkey|masterkey|credential|credentials|creds|auth|authorization|session|cookie|salt|salts|signature|sig|sas|dsn|authtoken|accesstoken|apitoken|bearer|webhook|sessionid|clientsecret|appsecret|apisecret|secretkeybase|accountkey|sharedaccesskey|consumersecret)$/;

/** Whose the secret is, in front of its word; behind it these are things of their own: `SERVICE_TOKEN`, `tokenService`. */
const owner = /^(?:service|store|provider|manager|text)$/;

/** Strong enough for a value with the form of a UUID or a hash. */
const strongName =
  /api[_-]?key|secret|(?:auth|access|api|personal|deploy|bearer|refresh|bot|account|service|server|admin|write|upload|project|user|master|record)[_-]?(?:token|key)|app[_-]?key|private[_-]?key|license[_-]?key|authorization|credential|(?:encryption|signing|jwt|hmac|session)[_-]?key/i;

export function nameKind(name: string): NameKind | undefined {
  const words = wordsOf(name);
  if (words.length === 0 || words.length > 12) return undefined;
  const named = words.findLastIndex((word) => keyWords.test(word) || passwordWords.test(word));
  const isOwner = (word: string, at: number): boolean => at < named && owner.test(word);
  if (words.some((word, at) => notSecret.test(word) && !isOwner(word, at))) return undefined;
  if (words.at(-1) === 'id' || words.at(-1) === 'ids') return undefined;
  if (words.some((word) => passwordWords.test(word))) return 'password';
  // `secret` alone, or at the end, is a password to many.
  if (words.some((word) => keyWords.test(word))) return 'key';
  return undefined;
}

export function isStrongName(name: string): boolean {
  return strongName.test(name);
}

/** `db.adminPassword`, `STRIPE_SECRET_KEY`, `x-api-key` → words in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .slice(-80)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]{2,})([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

/** Issuers whose keys have no mark of their own: their name nearby is what tells. */
export const issuerNames =
  /adafruit|adobe|adyen|aiven|airbrake|airtable|alchemy|algolia|alibaba|aliyun|amplitude|anyscale|apify|appcenter|appveyor|asana|assembly[_-]?ai|atlassian|auth0|azure|baidu|bigquery|binance|bitbucket|bitly|bittrex|braintree|browserstack|bugsnag|buildkite|calendly|cloudflare|cloudinary|cloudsmith|codacy|codeclimate|codecov|coinbase|contentful|coveralls|customer[_-]?io|databricks|datadog|\bdd[_-](?:api|app)|deepgram|deepl|deepseek|discord|docusign|dropbox|eleven[_-]?labs|etsy|facebook|fastly|finicity|finnhub|firebase|fivetran|flickr|freshbooks|freshdesk|gitea|gitter|gocardless|grafana|heroku|hetzner|honeycomb|hubspot|infura|intercom|jenkins|jfrog|artifactory|jira|klaviyo|kucoin|launchdarkly|lemonsqueezy|linkedin|linode|logdna|loggly|mailchimp|mailgun|mailjet|mandrill|mapbox|mattermost|meraki|messagebird|mixpanel|mollie|netlify|new[_-]?relic|newsapi|nexmo|nytimes|okta|onesignal|openweather|opsgenie|optimizely|pagerduty|paypal|pinecone|pingdom|plivo|postmark|quandl|rapid[_-]?api|razorpay|rollbar|salesforce|sauce[_-]?labs|scaleway|sendbird|sendinblue|sentry|shodan|shopify|snowflake|snyk|sonar|sourcegraph|sparkpost|spotify|splunk|squarespace|statuspage|strava|sumo[_-]?logic|supabase|telnyx|tmdb|todoist|travis|trello|twilio|twitch|twitter|typeform|unsplash|upstash|uptimerobot|virustotal|vonage|vultr|wakatime|weather[_-]?api|weatherstack|webex|woocommerce|yandex|youtube|zendesk|branch[_-]?io|line[_-]channel|(?<![a-z])(?:ably|beamer|bunny|cohere|confluent|drone|elastic|fauna|fullstory|harness|honeybadger|iterable|kraken|linear|looker|mistral|moralis|notion|pivotal|plaid|pusher|raygun|recurly|reddit|segment|semaphore|stability|wistia|yelp|zapier|zoom|lob)(?:[_-]|client|api|key|token|\b)/i;
