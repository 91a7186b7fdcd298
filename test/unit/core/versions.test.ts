import assert from 'node:assert/strict';
import { isNewer, versionIn } from '../../../src/core/versions.ts';

describe('versions', () => {
  it('come after each other by their numbers, a release after its candidates', () => {
    for (const [newer, older] of [
      ['1.10.0', '1.9.3'],
      ['v2', '1.99'],
      ['2.0.0', '2.0.0-rc.1'],
      ['2.0.0-rc.10', '2.0.0-rc.9'],
      ['shop@1.2.4', 'shop@1.2.3'],
      ['1.2.3.1', '1.2.3'],
      ['20260301', '20260228'],
    ] as const) {
      assert.equal(isNewer(newer, older), true, `${newer} ${older}`);
      assert.equal(isNewer(older, newer), false, `${older} ${newer}`);
    }
    for (const same of ['1.0', '1.0.0', 'v1.0.0+build.7']) assert.equal(isNewer(same, '1'), false);
  });

  it('that are no numbers have no order', () => {
    assert.equal(isNewer('9f8e7d6c', '1.0.0'), undefined);
    assert.equal(isNewer('a1b2c3d', 'ffee001'), undefined);
  });

  it('are read from the manifests of the usual package managers', () => {
    const texts: readonly (readonly [string, string, string | undefined])[] = [
      ['package.json', '{ "name": "x", "version": "1.2.3" }', '1.2.3'],
      ['package.json', '{ "version": 3 }', undefined],
      ['package.json', 'half {', undefined],
      ['pyproject.toml', '[tool.x]\nversion = "9"\n[project]\nversion = "1.4"\n', '1.4'],
      ['pyproject.toml', "[tool.poetry]\nname='a'\nversion='0.3.1'\n", '0.3.1'],
      ['Cargo.toml', '[dependencies.x]\nversion = "9"\n[package]\nversion = "0.8.0"', '0.8.0'],
      [
        'pom.xml',
        '<project><parent><version>9</version></parent><version>3.1-SNAPSHOT</version></project>',
        '3.1-SNAPSHOT',
      ],
      ['mix.exs', '[app: :shop, version: "0.2.0"]', '0.2.0'],
      ['VERSION', '4.5.6\n', '4.5.6'],
      ['README.md', '1.0', undefined],
    ];
    for (const [name, text, version] of texts) assert.equal(versionIn(name, text), version, name);
  });
});
