import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the nearest manifest above: the bundle lies elsewhere than the source. */
export function versionOf(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch (error) {
      const above = dirname(folder);
      if (above === folder) throw error;
      folder = above;
    }
  }
}
