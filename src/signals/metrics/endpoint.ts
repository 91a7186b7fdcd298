const maxEndpointChars = 120;
const fixedName = /^(?:v\d{1,3}|oauth2|s3|ec2|h2|base64|sha256|md5|utf8|i18n|l10n|k8s)$/i;

/** `GET https://host/users/123?x=1` is a call of `GET /users/:id`: ids in a path do not make it another. */
export function endpointOf(method: string, address: string): string {
  const path = address
    .slice(0, 1_000)
    .replace(/^[a-z][a-z0-9+.-]{1,20}:\/\/[^/?#\s]{0,255}/i, '')
    .split(/[?#;]/, 1)[0];
  const segments = (path ?? '').split('/').slice(0, 20).map(segmentOf);
  const plain = segments.join('/').slice(0, maxEndpointChars) || '/';
  return method === '' ? plain : `${method.toUpperCase()} ${plain}`;
}

function segmentOf(segment: string): string {
  if (segment.length <= 40 && /^[A-Za-z._~-]*$/.test(segment)) return segment;
  if (fixedName.test(segment)) return segment;
  const isFile = /\.[a-z]{1,5}\d?$/i.exec(segment);
  if (isFile && /\d/.test(segment)) return `:file${isFile[0]}`;
  const hasDigit = /\d/.test(segment);
  const isId =
    segment.length > 40 ||
    /[%@,=]/.test(segment) ||
    (hasDigit &&
      /^(?:[0-9a-f-]{8,40}|[a-z]{0,20}[-_]?\d{1,40}|.{0,40}\d{3}.{0,40})$/i.test(segment));
  return isId ? ':id' : segment;
}
