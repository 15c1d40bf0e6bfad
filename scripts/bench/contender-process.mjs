// One run of a contender: a process of its own that gets its options as JSON, and prints one line of JSON when it is done.
import { spawn } from 'node:child_process';
import { peersEnvironment, peersPython } from '../peers/setup.mjs';

/** What the process printed, or {error} with the end of its stderr. */
export function runContender({ runtime, script, options }, settings) {
  const command = runtime === 'node' ? process.execPath : peersPython;
  // What is measured on the processor must not find a GPU.
  const hidden = settings.device === 'gpu' ? {} : { CUDA_VISIBLE_DEVICES: '-1' };
  const more = { TF_CPP_MIN_LOG_LEVEL: '3', ...hidden };
  const environment = runtime === 'node' ? { ...process.env, ...more } : peersEnvironment(more);
  const child = spawn(command, [script, JSON.stringify({ ...options, ...settings })], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (part) => (output += part));
  child.stderr.on('data', (part) => (errors = (errors + part).slice(-4000)));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ error: error.message }));
    child.on('close', (code) => {
      const line = output.split('\n').findLast((text) => text.startsWith('{'));
      if (code === 0 && line !== undefined) resolve(JSON.parse(line));
      else resolve({ error: `exit code ${code}\n${errors}` });
    });
  });
}
