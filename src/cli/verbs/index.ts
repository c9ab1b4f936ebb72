import type { Verb } from '../verb.ts';
import { dm } from './dm.ts';
import { doctor } from './doctor.ts';
import { pipe } from './pipe.ts';
import { profileVerbs } from './profile.ts';
import { read } from './read.ts';
import { roomVerbs } from './room.ts';
import { rooms } from './rooms.ts';
import { send } from './send.ts';
import { status } from './status.ts';
import { tail } from './tail.ts';
import { who } from './who.ts';

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [
  send,
  dm,
  read,
  tail,
  rooms,
  ...roomVerbs,
  who,
  ...profileVerbs,
  status,
  doctor,
  pipe,
];
