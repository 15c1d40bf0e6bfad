// jest's Node environment with the outer realm's binary types: native addons refuse those of jest's own realm.
'use strict';
const { TestEnvironment } = require('jest-environment-node');

module.exports = class NativeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const names = [
      'ArrayBuffer',
      'SharedArrayBuffer',
      'DataView',
      'Int8Array',
      'Uint8Array',
      'Uint8ClampedArray',
      'Int16Array',
    ];
    names.push(
      'Uint16Array',
      'Int32Array',
      'Uint32Array',
      'Float32Array',
      'Float64Array',
      'BigInt64Array',
      'BigUint64Array',
    );
    for (const name of names) this.global[name] = globalThis[name];
  }
};
