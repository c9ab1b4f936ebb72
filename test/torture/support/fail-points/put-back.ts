import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeTempDir } from '../../../harness/paths.ts';
import { Chat } from '../../../integration/support/chat.ts';
import { violations } from '../../../integration/support/history.ts';
import { until, within } from '../../../integration/support/until.ts';
import { Writer } from '../../../integration/support/writer.ts';
import { historyOf } from '../crew.ts';
import { caughtProcess, setTrap } from './trap.ts';

const isStored = (name: string): boolean => /^\d{12}\./.test(name);

/**
 * A hub stops in the midst of a group. Meanwhile somebody puts an older copy of the directory back, and another hub begins from
 * it: with the very number that the first one has. That one wakes up, and there is a claim of its number, and none of the next.
 * Only by the nonce it can know that the claim is another's. Returns what was wrong.
 */
export async function putBack(bundle: string): Promise<string[]> {
  const chat = new Chat({ bundle });
  const writers = ['first', 'sleeper', 'successor'].map((name) => new Writer(chat, name));
  const [first, sleeper, successor] = writers as [Writer, Writer, Writer];
  const say = async (writer: Writer): Promise<void> => {
    for (let n = 1; n <= 5; n += 1) writer.send('general', `${writer.name} says ${n}`);
    await within(`all answers for ${writer.name}`, writer.settled());
  };
  try {
    first.start();
    await say(first);
    await first.finish();
    const copy = makeTempDir();
    for (const name of readdirSync(chat.dir).filter(isStored))
      cpSync(path.join(chat.dir, name), path.join(copy, name));

    // What opening a session stores is over once a first command has its answer; this one stores nothing.
    sleeper.start();
    sleeper.send('no such room', 'refused');
    await within('the refusal', sleeper.settled());
    setTrap(chat.dir, 'commit staged');
    const asleep = say(sleeper);
    const pid = await until('a hub that stops', () => caughtProcess(chat.dir));
    const number = chat.newestClaim()?.epoch;
    for (const name of readdirSync(chat.dir).filter(isStored)) rmSync(path.join(chat.dir, name));
    cpSync(copy, chat.dir, { recursive: true });

    successor.start();
    await say(successor);
    const claim = chat.newestClaim();
    const unlike =
      pid === sleeper.pid && claim?.epoch === number && claim?.pid === successor.pid
        ? []
        : ['two hubs did not get one number'];
    sleeper.signal('SIGCONT');
    await asleep;
    await chat.close();
    const observed = {
      sent: writers.flatMap(({ sent }) => sent),
      acked: writers.flatMap(({ acked }) => acked),
      followed: [],
      history: await historyOf(chat, ['general']),
    };
    return [...unlike, ...violations(observed)];
  } finally {
    await chat.close();
  }
}
