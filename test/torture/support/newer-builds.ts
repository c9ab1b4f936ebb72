import { type Edit, replacing } from './variant.ts';

type Edits = Readonly<Record<string, Edit>>;

/** The variable that names the file for what {@link newerProtocol} committed, one event a line. */
export const RECORD = 'LOCAL_CHAT_TORTURE_RECORD';

const inTurn =
  (...edits: readonly Edit[]): Edit =>
  (source) =>
    edits.reduce((text, edit) => edit(text), source);

/** The next format of the store: today's with one table more. */
export const newerFormat: Edits = {
  'src/model/epoch-files.ts': replacing('STORE_FORMAT = 1;', 'STORE_FORMAT = 2;'),
  'src/store/schema.ts': replacing('= [FORMAT_1];', "= [FORMAT_1, 'CREATE TABLE weather (n INTEGER);'];"),
};

/**
 * A build that speaks the next version of the wire and the present one, of the same format. It says and asks things that are not
 * known today. What it writes has more in it than today's messages have, and a message that begins with "poll" is an event of a
 * kind and version of its own.
 */
export const newerProtocol: Edits = {
  'src/protocol/handshake.ts': replacing('max: 1 }', 'max: 2 }'),
  'src/ipc/handshake.ts': replacing(
    "{ t: 'welcome', state: state() }",
    "{ t: 'welcome', state: state(), weather: 'fair' }",
  ),
  'src/hub/open-session.ts': replacing('full: since === null,', "full: since === null, weather: ['fair'],"),
  'src/hub/hub.ts': inTurn(
    replacing(
      "connection.notify('hubState', { state: this.#state });\n",
      `connection.notify('weather', { wind: 'east' });
      connection.notify('hubState', { state: this.#state, weather: 'fair' });\n`,
    ),
    replacing(
      'onCommitted(committed: Committed): void {',
      `onCommitted(committed: Committed): void {
      const lines = committed.events.map(({ json }) => json + '\\n').join('');
      require('node:fs').appendFileSync(process.env['${RECORD}'], lines);`,
    ),
  ),
  'src/client/hub-session.ts': replacing(
    "return this.connection.request('session.open', params, {",
    `this.connection.notify('weather', { wind: 'west' });
    this.connection.request('weather.ask', { wind: 'west' }).catch(() => undefined);
    return this.connection.request('session.open', { ...params, weather: 'fair' }, {`,
  ),
  'src/store/epoch-store.ts': replacing(
    `this.#writer.add(envelope as ChatEvent, draft.intent);
    const json = JSON.stringify(envelope);`,
    `if (type === 'message.posted') {
      envelope.body = { ...body, mood: 'calm\\u2028' + envelope.seq };
      if (body.content.startsWith('poll')) Object.assign(envelope, { type: 'poll.opened', v: 3, choices: [1, null] });
    }
    const json = JSON.stringify(envelope);
    this.#writer.replay({ envelope, json, intent: draft.intent });`,
  ),
};
