import { assertNever } from '../common/assert-never.ts';
import { ChatError } from '../model/errors.ts';
import { checkProfileName, nameKey } from '../model/names.ts';
import type { DecisionTools } from './decision.ts';
import { intentOf } from './idempotency.ts';
import type { EventDraft, Ledger } from './ports.ts';
import { profileCreated } from './rules/profile.ts';

/** Which profile a session wants to speak as; `default` is the one last used, or a first one with this name. */
export type ProfileWish =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'default'; readonly firstName: string };

/** `draft` is the event that makes the profile, null when it is there. */
export interface ChosenProfile {
  readonly profileId: string;
  readonly draft: EventDraft | null;
}

/** For an account name that has not a single letter or digit in it. */
const LAST_RESORT = 'me';

/** @throws ChatError NO_SUCH_PROFILE when a profile is named that is not there. */
export function chooseProfile(ledger: Ledger, tools: DecisionTools, wish: ProfileWish): ChosenProfile {
  switch (wish.by) {
    case 'id':
      return chosen(ledger.profile(wish.id)?.id, wish.id);
    case 'name':
      return chosen(ledger.profileByName(nameKey(wish.name.trim()))?.id, wish.name);
    case 'default': {
      const profileId = ledger.lastUsedProfile() ?? ledger.profiles()[0]?.id;
      return profileId === undefined
        ? firstProfile(ledger, tools, wish.firstName)
        : { profileId, draft: null };
    }
    default:
      return assertNever(wish);
  }
}

function chosen(profileId: string | undefined, asked: string): ChosenProfile {
  if (profileId === undefined) throw new ChatError('NO_SUCH_PROFILE', { profile: asked });
  return { profileId, draft: null };
}

function firstProfile(ledger: Ledger, tools: DecisionTools, wanted: string): ChosenProfile {
  const check = checkProfileName(wanted);
  const name = check.ok ? check.name : (check.suggestion ?? LAST_RESORT);
  const id = tools.newId();
  const actor = { sessionId: null, profileId: null, kind: 'system' } as const;
  const intent = intentOf({ ledger, tools, actor }, 'profile.create', { name });
  return { profileId: id, draft: profileCreated(ledger, { id, name, intent }) };
}
