import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };

/** koffi. Its typings are those of its ES module; its CommonJS entry is the same object. */
export const koffi = require('koffi') as typeof Koffi;
