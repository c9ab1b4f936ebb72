import assert from 'node:assert/strict';
import { chooseProfile } from '../../../src/core/choose-profile.ts';
import { newId } from '../../../src/model/ids.ts';
import { Chat, refusal, tools } from '../store/support.ts';

describe('core: which profile a session speaks as', () => {
  let chat: Chat;

  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
  });

  afterEach(() => chat.dispose());

  const choose = (wish: Parameters<typeof chooseProfile>[2]): ReturnType<typeof chooseProfile> =>
    chooseProfile(chat.store.ledger, tools, wish);

  const firstName = (osUser: string): string => {
    const { draft } = choose({ by: 'default', firstName: osUser });
    assert.ok(draft?.type === 'profile.created');
    return draft.body.name;
  };

  it('the first takes the name of the OS user, mended where needed', () => {
    assert.equal(firstName('ada'), 'ada');
    assert.equal(firstName('CORP\\ada'), 'CORP ada');
    assert.equal(firstName('$$$'), 'me');
    assert.equal(firstName(''), 'me');
  });

  it('by default is the one last used, or else the oldest', () => {
    const ada = chat.join('Ada');
    const grace = chat.join('Grace');
    const byDefault = { by: 'default', firstName: 'root' } as const;
    assert.deepEqual(choose(byDefault), { profileId: ada.profileId, draft: null });
    chat.ask(ada, 'profile.use', { profileId: grace.profileId });
    assert.deepEqual(choose(byDefault), { profileId: grace.profileId, draft: null });
  });

  it('can be named, in any spelling, or given by id', () => {
    const { profileId } = chat.join('Ada Lovelace');
    assert.equal(choose({ by: 'name', name: ' ADA lovelace' }).profileId, profileId);
    assert.equal(choose({ by: 'id', id: profileId }).profileId, profileId);
    assert.throws(() => choose({ by: 'name', name: 'Bob' }), refusal('NO_SUCH_PROFILE', { profile: 'Bob' }));
    const id = newId();
    assert.throws(() => choose({ by: 'id', id }), refusal('NO_SUCH_PROFILE', { profile: id }));
  });
});
