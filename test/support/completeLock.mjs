// node test/support/completeLock.mjs: adds the optional packages of other platforms that npm leaves out of
// package-lock.json where a registry does not hold them; without their entries `npm ci` refuses the lock file.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

for (const { optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    lock.packages[`node_modules/${name}`] ??= entry(name, version);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

/** Platform packages are named `<what>-<os>-<cpu>[-<libc>]`. */
function entry(name, version) {
  const parts =
    /(?:^|[/-])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-([a-z0-9]+)(?:-(\w+))?$/.exec(
      name,
    );
  const libc = parts?.[3]?.startsWith('musl')
    ? 'musl'
    : parts?.[3]?.startsWith('gnu')
      ? 'glibc'
      : undefined;
  return {
    version,
    ...(parts ? { cpu: [parts[2]] } : {}),
    dev: true,
    ...(libc ? { libc: [libc] } : {}),
    optional: true,
    ...(parts ? { os: [parts[1]] } : name === 'fsevents' ? { os: ['darwin'] } : {}),
  };
}
