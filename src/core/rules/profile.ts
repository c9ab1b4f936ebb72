import type { CommandParams } from '../../model/commands.ts';
import { PROFILE_COLOURS, type ProfileColour } from '../../model/entities.ts';
import { ChatError } from '../../model/errors.ts';
import { checkProfileName, nameKey } from '../../model/names.ts';
import { type Decision, event, type RuleContext, unchanged } from '../decision.ts';
import { decidedBefore, intentOf } from '../idempotency.ts';
import type { EventDraft, Ledger } from '../ports.ts';
import { askingProfile, validName } from './lookups.ts';

/** A profile's id is the id of the command that made it. */
export function createProfile(context: RuleContext, params: CommandParams<'profile.create'>): Decision {
  const intent = intentOf(context, 'profile.create', params);
  const before = decidedBefore(context, params.id, intent);
  if (before !== null) return before;
  const name = freeProfileName(context.ledger, params.name, null);
  return event(profileCreated(context.ledger, { id: params.id, name, colour: params.colour, intent }));
}

export function profileCreated(
  ledger: Ledger,
  profile: { id: string; name: string; colour?: ProfileColour | undefined; intent: string },
): EventDraft {
  const { id, name, colour = leastUsedColour(ledger), intent } = profile;
  const body = { profileId: id, name, colour };
  return { id, type: 'profile.created', audience: { to: 'all' }, body, subject: id, intent };
}

/** Anybody may change any profile: it stands in place of a log-in and protects nothing. */
export function changeProfile(context: RuleContext, params: CommandParams<'profile.change'>): Decision {
  const { id, profileId } = params;
  askingProfile(context);
  const intent = intentOf(context, 'profile.change', params);
  const before = decidedBefore(context, id, intent);
  if (before !== null) return before;
  const profile = existingProfile(context.ledger, profileId);
  const name =
    params.name === undefined ? profile.name : freeProfileName(context.ledger, params.name, profileId);
  const colour = params.colour ?? profile.colour;
  const change = {
    ...(name === profile.name ? {} : { name }),
    ...(colour === profile.colour ? {} : { colour }),
  };
  if (Object.keys(change).length === 0) return unchanged(profileId);
  const body = { profileId, ...change };
  return event({ id, type: 'profile.changed', audience: { to: 'all' }, body, subject: profileId, intent });
}

export function useProfile(context: RuleContext, params: CommandParams<'profile.use'>): Decision {
  const { id, profileId } = params;
  const intent = intentOf(context, 'profile.use', params);
  const before = decidedBefore(context, id, intent);
  if (before !== null) return before;
  existingProfile(context.ledger, profileId);
  if (context.ledger.lastUsedProfile() === profileId) return unchanged(profileId);
  const body = { profileId };
  return event({ id, type: 'profile.used', audience: { to: 'all' }, body, subject: profileId, intent });
}

function existingProfile(ledger: Ledger, profileId: string): { name: string; colour: ProfileColour } {
  const profile = ledger.profile(profileId);
  if (profile === null) throw new ChatError('NO_SUCH_PROFILE', { profile: profileId });
  return profile;
}

/** A profile may take its own name in another spelling. */
function freeProfileName(ledger: Ledger, raw: string, ownId: string | null): string {
  const name = validName(raw, checkProfileName(raw));
  const holder = ledger.profileByName(nameKey(name));
  if (holder !== null && holder.id !== ownId) throw new ChatError('NAME_TAKEN', { name: holder.name });
  return name;
}

/** Among equally used ones the first of the list. */
function leastUsedColour(ledger: Ledger): ProfileColour {
  const uses = new Map<ProfileColour, number>(PROFILE_COLOURS.map((colour) => [colour, 0]));
  for (const { colour } of ledger.profiles()) uses.set(colour, (uses.get(colour) ?? 0) + 1);
  const fewest = Math.min(...uses.values());
  return PROFILE_COLOURS.find((colour) => uses.get(colour) === fewest) ?? PROFILE_COLOURS[0];
}
