import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };

/** koffi, set up. Its typings are those of its ES module; its CommonJS entry is the same object. */
export const koffi = require('koffi') as typeof Koffi;

// TensorFlow compiles and optimises graphs on the calling thread: koffi's default stacks are too small for it. Settings are
// taken only before the first library; a second copy of this module in one process finds them set.
const stacks = { sync_stack_size: 16 << 20, async_stack_size: 16 << 20 };
if (koffi.config().sync_stack_size !== stacks.sync_stack_size) koffi.config(stacks);
