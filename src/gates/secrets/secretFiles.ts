import ignore from 'ignore';

/** Files that hold secrets by what they are called, in gitignore syntax. */
const list = ignore({ ignorecase: true }).add([
  '.env',
  '.env.*',
  '*.env',
  '!.env.example',
  '!.env.sample',
  '!.env.template',
  '!.env.dist',
  '!.env.*.example',
  '!example.env',
  '!sample.env',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  '*.jks',
  '*.keystore',
  '*.ppk',
  '*.p8',
  '*.kdbx',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ed25519',
  '.netrc',
  '_netrc',
  '.pgpass',
  '.htpasswd',
  '.git-credentials',
  '.pypirc',
  '.vault_pass*',
  'credentials.json',
  'service-account*.json',
  'client_secret*.json',
  'terraform.tfstate*',
  '*.tfvars',
  '*.ovpn',
  '.dockercfg',
  '.ssh/',
  '.aws/credentials',
  '.kube/config',
  '.docker/config.json',
  '.gnupg/',
]);

export function isSecretFile(path: string): boolean {
  return list.ignores(path);
}

/** A certificate or a public key, in a file that may as well hold a private one. */
export function isPublicOnly(path: string, text: string): boolean {
  if (!/\.(?:pem|key)$/i.test(path)) return false;
  const blocks = text.match(/-----BEGIN [A-Z0-9 ]{0,60}-----/g) ?? [];
  return (
    blocks.length > 0 && blocks.every((block) => /CERTIFICATE|PUBLIC KEY|PARAMETERS/.test(block))
  );
}
