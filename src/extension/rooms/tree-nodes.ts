import type { ChatState } from '../../client/api.ts';
import type { Profile, Room, Session } from '../../model/entities.ts';
import { compareNames, labelOf } from '../room-facts.ts';

export const SECTIONS = ['direct', 'here', 'archived'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** What stands in the tree. `id` is stable, so the editor keeps selection and expansion over refreshes. */
export type TreeNode = SectionNode | RoomNode | SessionNode;

export interface SectionNode {
  readonly type: 'section';
  readonly id: string;
  readonly section: SectionName;
}

export interface RoomNode {
  readonly type: 'room';
  readonly id: string;
  readonly room: Room;
  readonly label: string;
  /** For a direct room: whether one of the others is here now. */
  readonly isHere: boolean;
}

export interface SessionNode {
  readonly type: 'session';
  readonly id: string;
  readonly session: Session;
  readonly profile: Profile | null;
  readonly isThisWindow: boolean;
  /** The profile of this window, maybe at another place. */
  readonly isMe: boolean;
}

export interface RoomsTree {
  /** The rooms themselves, under the name of the view, then a section for each other kind. */
  readonly top: readonly TreeNode[];
  readonly children: ReadonlyMap<SectionName, readonly TreeNode[]>;
}

/** @param pid process of this window, to tell its own session */
export function buildTree(state: ChatState, pid: number): RoomsTree {
  // Before the first session there is nothing: the view then says why.
  if (state.me === null) return { top: [], children: new Map() };
  const rooms = roomNodes(state);
  const children = new Map<SectionName, readonly TreeNode[]>([
    ['direct', rooms.filter(({ room }) => room.kind === 'direct' && !room.archived)],
    ['here', sessionNodes(state, pid)],
    ['archived', rooms.filter(({ room }) => room.archived)],
  ]);
  const sections = SECTIONS.filter((section) => (children.get(section)?.length ?? 0) > 0).map(
    (section): SectionNode => ({ type: 'section', id: `section:${section}`, section }),
  );
  const open = rooms.filter(({ room }) => room.kind === 'room' && !room.archived);
  return { top: [...open, ...sections], children };
}

function roomNodes(state: ChatState): readonly RoomNode[] {
  const here = new Set(state.sessions.map(({ profileId }) => profileId));
  return [...state.rooms.values()]
    .map((room): RoomNode => {
      const others = room.members.filter((id) => id !== state.me?.id);
      const label = labelOf(state, room).replace(/^@/, '');
      return { type: 'room', id: `room:${room.id}`, room, label, isHere: others.some((id) => here.has(id)) };
    })
    .sort((a, b) => compareNames(a.label, b.label));
}

function sessionNodes(state: ChatState, pid: number): readonly SessionNode[] {
  return state.sessions
    .map((session): SessionNode => ({
      type: 'session',
      id: `session:${session.id}`,
      session,
      profile: state.profiles.get(session.profileId) ?? null,
      isThisWindow: session.surface === 'window' && session.pid === pid,
      isMe: session.profileId === state.me?.id,
    }))
    .sort(
      (a, b) =>
        Number(b.isThisWindow) - Number(a.isThisWindow) ||
        Number(a.session.surface === 'terminal') - Number(b.session.surface === 'terminal') ||
        compareNames(a.profile?.name ?? '', b.profile?.name ?? '') ||
        compareNames(a.session.since, b.session.since),
    );
}

/** What the editor has to ask for again. `all`: rooms or sections came, went or moved. */
export interface TreeChange {
  readonly all: boolean;
  readonly nodes: readonly TreeNode[];
}

/** Which nodes differ between two trees: sections whose children came, went or moved, and single rooms and sessions. */
export function compareTrees(before: RoomsTree, after: RoomsTree): TreeChange {
  if (ids(before.top) !== ids(after.top)) return { all: true, nodes: [] };
  const nodes = changed(before.top, after.top);
  for (const section of after.top) {
    if (section.type !== 'section') continue;
    const old = before.children.get(section.section) ?? [];
    const now = after.children.get(section.section) ?? [];
    if (ids(old) === ids(now)) nodes.push(...changed(old, now));
    else nodes.push(section);
  }
  return { all: false, nodes };
}

function ids(nodes: readonly TreeNode[]): string {
  return nodes.map(({ id }) => id).join(' ');
}

/** Of two lists of the same nodes, those that say something else now. */
function changed(before: readonly TreeNode[], after: readonly TreeNode[]): TreeNode[] {
  return after.filter((node, index) => JSON.stringify(node) !== JSON.stringify(before[index]));
}
