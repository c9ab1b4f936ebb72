import { newId } from '../../../src/model/ids.ts';
import type { Acked, Sent, Stored } from '../../integration/support/history.ts';
import type { Random } from '../../integration/support/random.ts';
import type { Chat } from '../../unit/store/support.ts';

const WORDS = 'the lamp is lit at dusk and the log says when: Jürgen 日本語 🙂 *J* {"quoted"} \\n'.split(' ');

type Member = ReturnType<Chat['join']>;

/** A chat whose every acknowledgement is noted, as its senders would. */
export class Truth {
  readonly sent: Sent[] = [];
  readonly acked: Acked[] = [];
  readonly members: readonly Member[];
  readonly #chat: Chat;
  readonly #random: Random;
  #at = 0;

  /** On a store that was just made. */
  constructor(chat: Chat, random: Random) {
    this.#chat = chat;
    this.#random = random;
    this.members = ['Ada', 'Grace', 'Jürgen'].map((name) => chat.join(name));
    chat.ask(this.#member(), 'room.create', { name: 'build', topic: 'red' });
    const [first, second] = this.members;
    if (first !== undefined && second !== undefined) {
      chat.ask(first, 'direct.open', { profileIds: [second.profileId] });
    }
  }

  /** One group with a message or several; mostly short ones. */
  say(count = 1): void {
    const group: { id: string; content: string; room: string }[] = [];
    for (let n = 0; n < count; n += 1) {
      group.push({ id: newId(), content: this.#content(), room: this.#random.pick(['general', 'build']) });
    }
    for (const { id, content, room } of group) {
      this.#at += 1;
      this.sent.push({ id, content, room, at: this.#at });
    }
    const seqs = this.#chat.sayTogether(
      this.#member(),
      group.map(({ room, ...message }) => ({ ...message, roomId: this.#chat.room(room) })),
    );
    for (const [index, { id }] of group.entries()) {
      this.#at += 1;
      this.acked.push({ id, seq: seqs[index] ?? 0, at: this.#at });
    }
  }

  /** What is no message. */
  fidget(): void {
    const member = this.#member();
    const roomId = this.#chat.room(this.#random.pick(['general', 'build']));
    const upTo = Math.max(0, this.#chat.store.seq - Math.floor(this.#random.between(0, 9)));
    switch (Math.floor(this.#random.between(0, 4))) {
      case 0:
        this.#chat.ask(member, 'draft.save', { roomId, content: this.#content() });
        break;
      case 1:
        this.#chat.ask(member, 'read.mark', { roomId, upTo });
        break;
      case 2:
        this.#chat.ask(member, 'room.change', { roomId, topic: this.#content().slice(0, 100) });
        break;
      default:
        this.#chat.ask(member, 'profile.use', { profileId: member.profileId });
    }
  }

  /** Some groups of either kind. */
  talk(groups: number): void {
    for (let n = 0; n < groups; n += 1) {
      if (this.#random.next() < 0.25) this.fidget();
      else this.say(1 + Math.floor(this.#random.next() ** 3 * 8));
    }
  }

  #member(): Member {
    return this.#random.pick(this.members);
  }

  #content(): string {
    const words = this.#random.next() < 0.04 ? 200 : 3 + this.#random.next() * 12;
    return Array.from({ length: Math.ceil(words) }, () => this.#random.pick(WORDS)).join(' ');
  }
}

/** All messages of a chat as its profile reads them, with the names of their rooms. */
export async function historyOf({ store }: Chat, profileId: string): Promise<Stored[]> {
  const { rooms } = await store.history.changedSince(profileId, 0);
  const names = new Map(rooms.map(({ id, name }) => [id, name ?? 'direct']));
  const found: Stored[] = [];
  for (let after = 0; ;) {
    const page = await store.history.page({ profileId, roomId: null, after, limit: 200 });
    for (const { id, seq, roomId, content } of page.messages) {
      found.push({ id, seq, content, room: names.get(roomId) ?? roomId });
    }
    if (page.reachedEnd) return found;
    after = page.messages.at(-1)?.seq ?? after;
  }
}
