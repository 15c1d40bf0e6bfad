'use strict';
// node print-help.js CLI…: prints the help of every command of the built programs as one JSON object
// { help: { 'retinanet train': text, … }, libraries: [native files that the process has loaded] }.
async function main() {
  const help = {};
  for (const path of process.argv.slice(2)) {
    const cli = require(path);
    const program = Object.values(cli).find((value) => Array.isArray(value.commands));
    for (const words of [[], ...program.commands.map(({ name }) => [name])]) {
      help[[program.name, ...words].join(' ')] = await textOf(() => cli.main([...words, '--help']));
    }
  }
  process.stdout.write(JSON.stringify({ help, libraries: process.report.getReport().sharedObjects }));
}

async function textOf(print) {
  const write = process.stdout.write;
  let text = '';
  process.stdout.write = (part) => ((text += part), true);
  try {
    await print();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

void main();
