/** Files that are never shown to a model, whatever their content: keys, passwords, git's and our own data. */

const privateFolders = new Set(['.git', '.patchwright', '.ssh', '.gnupg', '.aws', '.kube']);
const harmlessEnv = /^\.env\.(example|sample|template|dist|defaults)$/;
const privateNames = [
  /^\.env(\.|$)/,
  /^\.envrc$/,
  /^\.(npmrc|pypirc|netrc|htpasswd|dockercfg|git-credentials)$/,
  /^_netrc$/,
  /^\.yarnrc(\.yml)?$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk)$/,
  /^credentials(\.json)?$/,
];

/** `path` is relative, with `/`. Compared without case, as some file systems do. */
export function isPrivate(path: string): boolean {
  const segments = path.normalize('NFKC').toLowerCase().split('/');
  if (segments.some((segment) => privateFolders.has(segment))) return true;
  const name = segments.at(-1) ?? '';
  return !harmlessEnv.test(name) && privateNames.some((pattern) => pattern.test(name));
}
