// npm run package: builds, packs the VSIX and says how large it is. `pack` is for the end-to-end test, too.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX, listFiles } from '@vscode/vsce';
import { project } from '../test/host/node24.mjs';

/** Everything is bundled: no node_modules in the package. */
export const packing = { cwd: project, dependencies: false, allowMissingRepository: true };

/** Packs what is in `dist` into the file. */
export async function pack(file) {
  const { repository, version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  // With a repository, vsce turns relative links into addresses of it. Without one, pictures travel inside.
  const readme = repository
    ? {}
    : { readmePath: selfContainedReadme(), rewriteRelativeLinks: false };
  // As VS Code asks for: pre-releases have odd minor versions.
  const preRelease = Number(version.split('.')[1]) % 2 === 1;
  await createVSIX({ ...packing, ...readme, preRelease, packagePath: file });
}

/** VS Code's page of an extension shows no picture but from https or from within the text. */
function selfContainedReadme() {
  const path = 'dist/README.md';
  const text = readFileSync(join(project, 'README.md'), 'utf8').replace(
    /(!\[[^\]]*\])\((media\/[\w./-]+\.png)\)/g,
    (_, title, picture) => `${title}(data:image/png;base64,${base64(picture)})`,
  );
  writeFileSync(join(project, path), text);
  return path;
}

function base64(picture) {
  return readFileSync(join(project, picture)).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const file = join(project, `${name}-${version}.vsix`);
  execFileSync(process.execPath, ['esbuild.js'], { cwd: project, stdio: 'inherit' });
  await pack(file);
  const files = await listFiles(packing);
  const kib = (bytes) => `${Math.round(bytes / 1024).toLocaleString('en')} KiB`;
  const unpacked = files.reduce((sum, one) => sum + statSync(join(project, one)).size, 0);
  console.log(`${kib(statSync(file).size)} packed, ${kib(unpacked)} unpacked: ${file}`);
}
