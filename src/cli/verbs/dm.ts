import { directReference } from '../find-room.ts';
import { defineVerb } from '../verb.ts';
import { sendMessage } from './send.ts';

export const dm = defineVerb({
  name: 'dm',
  summary: 'Send a direct message',
  operands: [
    { name: 'PROFILE', required: true, refersTo: 'profile' },
    { name: 'TEXT', required: false, form: '[TEXT|-]', isMessage: true },
  ],
  options: {
    id: { kind: 'text', value: 'UUID', summary: 'Id of the message; the same id again is the same message' },
  },
  notes: [
    'The same as "send @PROFILE". Other profiles are not shown it; it is no secret from programs of the same user.',
  ],
  run: (call, { id }) => sendMessage(call, directReference(call.operands[0] ?? ''), call.operands[1], id),
});
