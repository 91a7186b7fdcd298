import assert from 'node:assert/strict';
import { maskIpAddresses } from '../../../src/core/ipAddresses.ts';
import { keptKinds, redact } from '../../../src/core/secrets.ts';

const kept = keptKinds({ maskIpAddresses: false });

describe('IP addresses', () => {
  const masked: readonly (readonly [string, string])[] = [
    ['connect ECONNREFUSED 10.4.7.12:5432', 'connect ECONNREFUSED <ip>:5432'],
    ['from 203.0.113.77.', 'from <ip>.'],
    ['GET http://192.168.1.20:8080/a?b=1', 'GET http://<ip>:8080/a?b=1'],
    ['allow 172.16.0.0/12', 'allow <ip>/12'],
    ['{"ip":"8.8.4.4","x":1}', '{"ip":"<ip>","x":1}'],
    ['::ffff:93.184.216.34', '::ffff:<ip>'],
    ['[2001:db8:85a3::8a2e:370:7334]:443', '[<ip>]:443'],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334 timed out', '<ip> timed out'],
    ['fe80::1ff:fe23:4567:890a%eth0', '<ip>%eth0'],
    ['peer=fd12:3456:789a::1,', 'peer=<ip>,'],
    ['10.1.2.3-10.1.2.9', '<ip>-<ip>'],
  ];
  for (const [text, expected] of masked) {
    it(`are masked: ${text}`, () => {
      assert.equal(redact(text), expected);
      assert.equal(maskIpAddresses(text), expected);
      assert.equal(redact(expected), expected);
      assert.equal(redact(text, kept), text);
    });
  }

  for (const text of [
    'listening on 127.0.0.1:3000 and 0.0.0.0:80',
    'bind [::1]:3000',
    'bind :::80',
    'version 1.2.3.4',
    'v1.2.3.4',
    'System.Web, Version=4.0.0.0, Culture=neutral',
    'Chrome/120.0.0.0 Safari/537.36',
    'lib-1.2.3.4.jar',
    '1.2.3.4.5',
    '300.1.2.3',
    'at 12:34:56.789',
    'std::vector<int>::at, dead::beef::cafe, a::b',
    'aa:bb:cc:dd:ee:ff',
    'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
    'crate::module::f32::max',
    '1.5.2',
  ]) {
    it(`are not: ${text}`, () => assert.equal(maskIpAddresses(text), text));
  }

  it('are found in linear time', () => {
    for (const piece of ['1.', '2001:', '::', '1.1.1.', 'fd00::', '255.255.', 'version ']) {
      const text = piece.repeat(300_000 / piece.length);
      assert.ok(maskIpAddresses(text).length > 0);
    }
  });
});
