import assert from 'node:assert/strict';
import { linkPath, parseLinkPath } from '../../../src/extension/links/message-link.ts';
import { newId } from '../../../src/model/ids.ts';

describe('links to rooms and messages', () => {
  const roomId = newId();
  const messageId = newId();

  it('lead back to where they came from', () => {
    for (const target of [
      { roomId, messageId },
      { roomId, messageId: null },
    ])
      assert.deepEqual(parseLinkPath(linkPath(target)), target);
  });

  it('are read in any case', () => {
    assert.deepEqual(parseLinkPath(`/room/${roomId.toUpperCase()}`), { roomId, messageId: null });
  });

  it('are nothing when anything is wrong with them', () => {
    const wrong = [
      '',
      '/',
      '/room',
      '/room/general',
      `/rooms/${roomId}`,
      `/room/${roomId}/x`,
      `room/${roomId}`,
    ];
    for (const path of [...wrong, `/room/${roomId}/${messageId}/more`, `/room/${roomId}/`])
      assert.equal(parseLinkPath(path), null, path);
  });
});
