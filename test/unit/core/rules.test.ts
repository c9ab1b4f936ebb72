import assert from 'node:assert/strict';
import { PROFILE_COLOURS } from '../../../src/model/entities.ts';
import { newId } from '../../../src/model/ids.ts';
import { limits } from '../../../src/model/limits.ts';
import type { Actor } from '../../../src/core/ports.ts';
import { Chat, refusal } from '../store/support.ts';

describe('core: the rules', () => {
  let chat: Chat;
  let ada: Actor & { profileId: string };
  let grace: Actor & { profileId: string };
  let general: string;

  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
    ada = chat.join('Ada');
    grace = chat.join('Grace');
    general = chat.room('general');
  });

  afterEach(() => chat.dispose());

  describe('an empty store', () => {
    it('has the room general, made by nobody', async () => {
      const { rooms } = await chat.store.history.changedSince(ada.profileId, 0);
      assert.deepEqual(
        rooms.map(({ kind, name, topic, archived, members }) => ({ kind, name, topic, archived, members })),
        [{ kind: 'room', name: 'general', topic: '', archived: false, members: [] }],
      );
    });
  });

  describe('profiles', () => {
    it('get the least used colour, in the order of the list', () => {
      const colourOf = (name: string): string | undefined => {
        const { profileId } = chat.join(name);
        return chat.store.ledger.profile(profileId)?.colour;
      };
      const names = ['C', 'D', 'E', 'F', 'G', 'H'];
      assert.deepEqual(names.map(colourOf), PROFILE_COLOURS.slice(2));
      assert.equal(colourOf('I'), PROFILE_COLOURS[0]);
      chat.ask(ada, 'profile.create', { name: 'J', colour: 'green' });
      assert.equal(colourOf('K'), 'orange');
    });

    it('are told apart by name, whatever the case and width of its letters', () => {
      assert.throws(() => chat.join('ADA'), refusal('NAME_TAKEN', { name: 'Ada' }));
      assert.throws(() => chat.join('Ａｄａ'), refusal('NAME_TAKEN', { name: 'Ada' }));
      assert.throws(
        () => chat.ask(grace, 'profile.change', { profileId: grace.profileId, name: 'ada' }),
        refusal('NAME_TAKEN', { name: 'Ada' }),
      );
    });

    it('may be spelled anew, renamed and recoloured', () => {
      const { profileId } = ada;
      chat.ask(ada, 'profile.change', { profileId, name: 'ADA' });
      assert.equal(chat.store.ledger.profile(profileId)?.name, 'ADA');
      chat.ask(grace, 'profile.change', { profileId, name: 'Countess', colour: 'teal' });
      const { name, colour } = chat.store.ledger.profile(profileId) ?? {};
      assert.deepEqual({ name, colour }, { name: 'Countess', colour: 'teal' });
      chat.join('Ada');
    });

    it('refuse a name that is none, with a better one', () => {
      assert.throws(() => chat.join('a/b'), refusal('INVALID_NAME', { name: 'a/b', suggestion: 'a b' }));
      assert.throws(() => chat.join('🎉'), refusal('INVALID_NAME', { name: '🎉', suggestion: undefined }));
    });

    it('keep an error short however long the refused name is', () => {
      assert.throws(
        () => chat.join('/'.repeat(100_000)),
        (error: Error) => error.message.length < 400,
      );
    });

    it('remember which one was used last', () => {
      assert.equal(chat.store.ledger.lastUsedProfile(), null);
      chat.ask(ada, 'profile.use', { profileId: grace.profileId });
      assert.equal(chat.store.ledger.lastUsedProfile(), grace.profileId);
      assert.equal(chat.decide(ada, 'profile.use', { profileId: grace.profileId }).kind, 'unchanged');
      chat.ask(ada, 'profile.use', { profileId: ada.profileId });
      assert.equal(chat.store.ledger.lastUsedProfile(), ada.profileId);
      assert.throws(() => chat.ask(ada, 'profile.use', { profileId: newId() }), refusal('NO_SUCH_PROFILE'));
    });

    it('are needed to do anything', () => {
      const nobody = { sessionId: null, profileId: null, kind: 'person' } as const;
      assert.throws(() => chat.say(nobody, general, 'hello'), refusal('BAD_REQUEST'));
      const stranger = { ...nobody, profileId: newId() };
      assert.throws(() => chat.say(stranger, general, 'hello'), refusal('NO_SUCH_PROFILE'));
    });
  });

  describe('rooms', () => {
    const create = (name: string, topic?: string): string =>
      chat.ask(ada, 'room.create', { name, ...(topic === undefined ? {} : { topic }) }).subject;

    it('are made with a name and a topic', () => {
      const id = create('#build'.slice(1), '  what\n  broke ');
      const { name, topic, kind } = chat.store.ledger.room(id) ?? {};
      assert.deepEqual({ name, topic, kind }, { name: 'build', topic: 'what broke', kind: 'room' });
    });

    it('refuse spaces, emoji and paths in a name, with a better one', () => {
      const suggestions = { 'my room': 'my-room', 'ship 🚀 it': 'ship-it', '../etc': 'etc', 'a\\b': 'a-b' };
      for (const [name, suggestion] of Object.entries(suggestions)) {
        assert.throws(() => create(name), refusal('INVALID_NAME', { name, suggestion }));
      }
      assert.throws(() => create('🚀'), refusal('INVALID_NAME'));
      assert.throws(() => create('  '), refusal('INVALID_NAME'));
    });

    it('do not share a name, but a room and a profile may', () => {
      assert.throws(() => create('General'), refusal('NAME_TAKEN', { name: 'general' }));
      create('ada');
      chat.join('general');
      const build = create('build');
      assert.throws(
        () => chat.ask(ada, 'room.change', { roomId: build, name: 'GENERAL' }),
        refusal('NAME_TAKEN', { name: 'general' }),
      );
      chat.ask(ada, 'room.change', { roomId: build, name: 'Build' });
      assert.equal(chat.store.ledger.room(build)?.name, 'Build');
    });

    it('limit the topic by characters', () => {
      const longest = '🚀'.repeat(limits.topicLength);
      chat.ask(ada, 'room.change', { roomId: general, topic: longest });
      assert.equal(chat.store.ledger.room(general)?.topic, longest);
      assert.throws(
        () => chat.ask(ada, 'room.change', { roomId: general, topic: `${longest}.` }),
        refusal('TOPIC_TOO_LONG', { limit: limits.topicLength, actual: limits.topicLength + 1 }),
      );
    });

    it('answer a change that changes nothing without an event', () => {
      const change = { roomId: general, name: 'general', topic: ' ', archived: false };
      assert.deepEqual(chat.decide(ada, 'room.change', change), { kind: 'unchanged', subject: general });
    });

    it('once archived take no message and no change, until they are restored', () => {
      chat.say(ada, general, 'before');
      chat.ask(ada, 'room.change', { roomId: general, archived: true });
      const archived = refusal('ROOM_ARCHIVED', { room: 'general' });
      assert.throws(() => chat.say(ada, general, 'after'), archived);
      assert.throws(() => chat.ask(ada, 'room.change', { roomId: general, name: 'old' }), archived);
      assert.throws(() => chat.ask(ada, 'room.change', { roomId: general, topic: 'old' }), archived);
      assert.throws(() => create('general'), refusal('NAME_TAKEN'));
      chat.ask(ada, 'read.mark', { roomId: general, upTo: 99 });
      chat.ask(ada, 'draft.save', { roomId: general, content: 'not sent yet' });
      chat.ask(grace, 'room.change', { roomId: general, archived: false, name: 'lounge' });
      chat.say(ada, general, 'after');
      assert.equal(chat.store.ledger.room(general)?.name, 'lounge');
    });

    it('can be renamed and archived in one go', () => {
      chat.ask(ada, 'room.change', { roomId: general, name: 'attic', archived: true });
      const { name, archived } = chat.store.ledger.room(general) ?? {};
      assert.deepEqual({ name, archived }, { name: 'attic', archived: true });
    });

    it('that are not there are said to be so', () => {
      const roomId = newId();
      const missing = refusal('NO_SUCH_ROOM', { room: roomId });
      assert.throws(() => chat.say(ada, roomId, 'hello'), missing);
      assert.throws(() => chat.ask(ada, 'room.change', { roomId, name: 'x' }), missing);
      assert.throws(() => chat.ask(ada, 'read.mark', { roomId, upTo: 1 }), missing);
      assert.throws(() => chat.ask(ada, 'draft.save', { roomId, content: 'x' }), missing);
    });
  });

  describe('direct rooms', () => {
    const open = (actor: Actor, ...profileIds: string[]): string =>
      chat.ask(actor, 'direct.open', { profileIds }).subject;

    it('exist once for the same people, whoever opens them', () => {
      const room = open(ada, grace.profileId);
      assert.equal(open(grace, ada.profileId), room);
      assert.equal(open(ada, grace.profileId, ada.profileId, grace.profileId), room);
      assert.deepEqual(chat.store.ledger.room(room)?.members, [ada.profileId, grace.profileId]);
      const linus = chat.join('Linus');
      const three = open(linus, grace.profileId, ada.profileId);
      assert.notEqual(three, room);
      assert.equal(open(ada, linus.profileId, grace.profileId), three);
    });

    it('can be with oneself', () => {
      const notes = open(ada, ada.profileId);
      assert.deepEqual(chat.store.ledger.room(notes)?.members, [ada.profileId]);
      chat.say(ada, notes, 'remember the milk');
      assert.throws(() => chat.say(grace, notes, 'hi'), refusal('NO_SUCH_ROOM'));
    });

    it('are not there for others', () => {
      const room = open(ada, grace.profileId);
      const linus = chat.join('Linus');
      const missing = refusal('NO_SUCH_ROOM', { room });
      assert.throws(() => chat.say(linus, room, 'hi'), missing);
      assert.throws(() => chat.ask(linus, 'read.mark', { roomId: room, upTo: 1 }), missing);
      assert.throws(() => chat.ask(linus, 'draft.save', { roomId: room, content: 'x' }), missing);
      assert.throws(() => chat.ask(linus, 'room.change', { roomId: room, archived: true }), missing);
    });

    it('have no name, no topic and no archive', () => {
      const room = open(ada, grace.profileId);
      const unfit = refusal('NOT_A_DIRECT_ROOM', { room });
      assert.throws(() => chat.ask(ada, 'room.change', { roomId: room, name: 'us' }), unfit);
      assert.throws(() => chat.ask(ada, 'room.change', { roomId: room, archived: true }), unfit);
    });

    it('need profiles that exist, and not too many', () => {
      const profile = newId();
      assert.throws(() => open(ada, grace.profileId, profile), refusal('NO_SUCH_PROFILE', { profile }));
      const many = Array.from({ length: limits.directMembers }, (_, n) => chat.join(`p${n}`).profileId);
      open(ada, ...many.slice(1));
      assert.throws(() => open(ada, ...many), refusal('BAD_REQUEST'));
    });
  });

  describe('messages', () => {
    it('are kept as written, by id', async () => {
      const id = newId();
      const content = '  **hi**\n\n```ts\nlet x = 1;\n```\n';
      const { seq, subject } = chat.say({ ...ada, kind: 'agent' }, general, content, id);
      assert.equal(subject, id);
      const message = await chat.store.history.message(ada.profileId, id);
      assert.deepEqual(
        { ...message, timestamp: undefined },
        {
          id,
          seq,
          roomId: general,
          senderId: ada.profileId,
          kind: 'agent',
          content,
          timestamp: undefined,
          rev: seq,
        },
      );
    });

    it('need something to read', () => {
      for (const content of ['', ' \n\t', '\u00a0\u3000\ufeff']) {
        assert.throws(() => chat.say(ada, general, content), refusal('EMPTY_MESSAGE'));
      }
    });

    it('are limited in bytes of UTF-8', () => {
      const limit = limits.contentBytes;
      chat.say(ada, general, 'x'.repeat(limit));
      chat.say(ada, general, 'é'.repeat(limit / 2));
      chat.say(ada, general, '🚀'.repeat(limit / 4));
      assert.throws(
        () => chat.say(ada, general, `${'日'.repeat(5461)}xx`),
        refusal('MESSAGE_TOO_LONG', { limit, actual: limit + 1 }),
      );
    });

    it('are made well-formed', async () => {
      chat.say(ada, general, 'a\ud800b \udc00 \ud83d\ude80 nul\0!');
      assert.deepEqual(await chat.contents(ada, general), ['a\ufffdb \ufffd 🚀 nul\ufffd!']);
    });

    it('sent again are the same message', () => {
      const id = newId();
      const first = chat.say(ada, general, 'once', id);
      const seq = chat.store.seq;
      assert.deepEqual(chat.say(ada, general, 'once', id), first);
      chat.ask(ada, 'room.change', { roomId: general, archived: true });
      assert.deepEqual(chat.say({ ...ada, kind: 'script' }, general, 'once', id), first);
      assert.equal(chat.store.seq, seq + 1);
    });

    it('with a taken id and another author, room or text are in conflict', () => {
      const id = newId();
      const other = chat.ask(ada, 'room.create', { name: 'other' }).subject;
      chat.say(ada, general, 'once', id);
      const conflict = refusal('CONFLICT', { id });
      assert.throws(() => chat.say(ada, general, 'twice', id), conflict);
      assert.throws(() => chat.say(grace, general, 'once', id), conflict);
      assert.throws(() => chat.say(ada, other, 'once', id), conflict);
      assert.throws(() => chat.ask(ada, 'room.create', { id, name: 'third' }), conflict);
      assert.throws(() => chat.say(ada, general, 'hello', other), refusal('CONFLICT', { id: other }));
    });
  });

  describe('other commands sent again', () => {
    it('are answered with their first event', () => {
      const id = newId();
      const first = chat.ask(ada, 'room.create', { id, name: 'build', topic: 'red' });
      assert.equal(first.subject, id);
      chat.ask(ada, 'room.change', { roomId: id, name: 'ci' });
      assert.deepEqual(chat.ask(ada, 'room.create', { id, name: 'build', topic: 'red' }), first);
      assert.throws(() => chat.ask(ada, 'room.create', { id, name: 'build' }), refusal('CONFLICT'));

      const changeId = newId();
      const change = { id: changeId, profileId: ada.profileId, name: 'Countess' };
      const changed = chat.ask(ada, 'profile.change', change);
      assert.equal(changed.subject, ada.profileId);
      assert.deepEqual(chat.ask(ada, 'profile.change', change), changed);
    });

    it('that found a direct room find it again', () => {
      const room = chat.ask(ada, 'direct.open', { profileIds: [grace.profileId] }).subject;
      const id = newId();
      assert.equal(chat.ask(grace, 'direct.open', { id, profileIds: [ada.profileId] }).subject, room);
      assert.equal(chat.ask(grace, 'direct.open', { id, profileIds: [ada.profileId] }).subject, room);
    });
  });

  describe('read marks', () => {
    const unreadOf = async (actor: { profileId: string }): Promise<number | undefined> => {
      const { rooms } = await chat.store.history.changedSince(actor.profileId, 0);
      return rooms.find((room) => room.id === general)?.unread;
    };

    it('move forward only and not beyond the last message', async () => {
      const seqs = ['one', 'two', 'three'].map((content) => chat.say(ada, general, content).seq);
      assert.equal(await unreadOf(grace), 3);
      chat.ask(grace, 'read.mark', { roomId: general, upTo: seqs[1]! });
      assert.equal(await unreadOf(grace), 1);
      assert.equal(chat.decide(grace, 'read.mark', { roomId: general, upTo: seqs[0]! }).kind, 'unchanged');
      const decision = chat.decide(grace, 'read.mark', { roomId: general, upTo: 1_000_000 });
      assert.ok(decision.kind === 'event' && decision.draft.type === 'read.marked');
      assert.deepEqual(decision.draft.body, {
        profileId: grace.profileId,
        roomId: general,
        upTo: seqs[2],
        unread: 0,
      });
      assert.deepEqual(decision.draft.audience, { to: 'profiles', profileIds: [grace.profileId] });
    });

    it('do not count what one typed oneself, but what a script of one’s own wrote', async () => {
      chat.say(ada, general, 'typed');
      const script = chat.say({ ...ada, kind: 'script' }, general, 'built');
      chat.say(grace, general, 'typed by another');
      chat.say(ada, general, 'typed again');
      assert.equal(await unreadOf(ada), 2);
      chat.ask(ada, 'read.mark', { roomId: general, upTo: script.seq });
      assert.equal(await unreadOf(ada), 1);
      assert.equal(await unreadOf(grace), 3);
    });

    it('of someone new begin where the talk is', async () => {
      chat.say(ada, general, 'long ago');
      const linus = chat.join('Linus');
      assert.equal(await unreadOf(linus), 0);
      chat.say(ada, general, 'welcome');
      assert.equal(await unreadOf(linus), 1);
    });
  });

  describe('drafts', () => {
    it('are kept per profile and room, and taken away by an empty one', () => {
      chat.ask(ada, 'draft.save', { roomId: general, content: 'half a th' });
      assert.equal(chat.store.ledger.draft(ada.profileId, general), 'half a th');
      assert.equal(chat.store.ledger.draft(grace.profileId, general), '');
      const same = chat.decide(ada, 'draft.save', { roomId: general, content: 'half a th' });
      assert.deepEqual(same, { kind: 'unchanged', subject: general });
      chat.ask(ada, 'draft.save', { roomId: general, content: '' });
      assert.equal(chat.store.ledger.draft(ada.profileId, general), '');
    });

    it('have the limit of a message', () => {
      assert.throws(
        () => chat.ask(ada, 'draft.save', { roomId: general, content: 'x'.repeat(limits.contentBytes + 1) }),
        refusal('MESSAGE_TOO_LONG'),
      );
    });
  });
});
