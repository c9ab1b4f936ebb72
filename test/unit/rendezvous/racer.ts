/** A process of the race for claims: says that it is there, waits for the start, claims what it can, tells what it got. */
import { highestEpoch, makeClaim, newClaim } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';

const [directory = '', epochs = '0'] = process.argv.slice(2);

process.once('message', () => {
  const won: { epoch: number; nonce: string }[] = [];
  const secret = loadSecret(directory).toString('hex');
  for (let epoch = 1; epoch <= Number(epochs); epoch += 1) {
    const claim = newClaim('/nowhere', 1);
    if (makeClaim(directory, epoch, claim)) won.push({ epoch, nonce: claim.nonce });
    // Whoever lost knows at once that there is one.
    if (highestEpoch(directory) < epoch) throw new Error(`no claim ${epoch}`);
  }
  process.send?.({ won, secret });
  process.disconnect();
});
process.send?.('there');
