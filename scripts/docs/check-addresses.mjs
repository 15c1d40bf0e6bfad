// Addresses of the web in documents: their hosts are held by a list, and with --online each is asked for.

/** Where documents may lead to; a new host is a decision, to be made here. 127.0.0.1 is a page that a command serves. */
const HOSTS = new Set(['arxiv.org', 'download.pytorch.org', 'github.com', '127.0.0.1']);
const PATIENCE_MS = 20_000;

/** What is wrong with an address as it is written, or undefined. @param {string} address */
export function faultOfAddress(address) {
  if (!URL.canParse(address)) return `${address} is no address`;
  const { hostname } = new URL(address);
  return HOSTS.has(hostname) ? undefined : `${hostname} is not among the hosts that documents lead to`;
}

/**
 * What is wrong with each place, asked over the network: an answer of 400 or more, or none.
 *
 * @param {readonly { address: string, where: string }[]} places
 * @returns {Promise<string[]>}
 */
export async function faultsOnline(places) {
  const answers = new Map();
  for (const { address } of places) if (!answers.has(address)) answers.set(address, await answerOf(address));
  return places.flatMap(({ address, where }) =>
    answers.get(address) === undefined ? [] : [`${where}: ${address}: ${answers.get(address)}`],
  );
}

async function answerOf(address) {
  try {
    const { status } = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE_MS) });
    return status < 400 ? undefined : `the server answers ${status}`;
  } catch (error) {
    return `no answer (${error.cause?.code ?? error.message})`;
  }
}
