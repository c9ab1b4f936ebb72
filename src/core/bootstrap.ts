import type { DecisionTools } from './decision.ts';
import type { EventDraft } from './ports.ts';
import { openRoomCreated } from './rules/room.ts';

/** The events an empty store begins with: there is a place to talk before anybody has set up anything. */
export function firstEvents(tools: Pick<DecisionTools, 'newId'>): readonly EventDraft[] {
  return [openRoomCreated({ id: tools.newId(), name: 'general', topic: '', intent: null })];
}
