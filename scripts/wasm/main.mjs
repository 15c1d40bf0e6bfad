// npm run wasm: compiles packages/vision-data/wasm/resize-kernel.wat into src/resize-kernel-bytes.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';
import { takesNoFlags } from '../no-flags.mjs';

takesNoFlags('Compiles packages/vision-data/wasm/resize-kernel.wat into src/resize-kernel-bytes.ts');

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../packages/vision-data');
const source = join(folder, 'wasm/resize-kernel.wat');
const { parseWat } = await wabt();
const module = parseWat(source, readFileSync(source, 'utf8'), { simd: true });
const text = Buffer.from(module.toBinary({}).buffer).toString('base64');
module.destroy();
const lines = text.match(/.{1,100}/g).map((part) => `  '${part}',`);
writeFileSync(
  join(folder, 'src/resize-kernel-bytes.ts'),
  `/** wasm/resize-kernel.wat as WebAssembly, in base64; written by scripts/wasm/main.mjs. */
export const RESIZE_KERNEL = [
${lines.join('\n')}
].join('');
`,
);
